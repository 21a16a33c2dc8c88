/* A library of the plugin's own; the host allows the system's only. */
int corpus_private(void);

int corpus_private(void) {
  return 1;
}
