"""Reports for the programs that run checks: SARIF, JUnit, annotations of GitHub Actions."""
