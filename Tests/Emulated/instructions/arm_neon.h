// The instructions of NEON in plain C, under their own names.
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/arm/neon.h>
