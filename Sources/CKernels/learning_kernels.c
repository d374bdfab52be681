#include "learning_kernels.h"
