"""What a model says about its keys, whether or not it is a Pydantic model of this process."""
