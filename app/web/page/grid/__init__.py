"""What the matrix is made of: its columns, its rows, two columns compared, and all of it as a file."""
