"""What is wrong with a data set, picture by picture, before anything is trained."""
