#include "tests/plugins/corpus/well_formed.inc"
