// The program of the link-alone check: nothing but one library, whole.
int main() {}
