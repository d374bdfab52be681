// libzstd: its stable interface, the codes of its errors, and the training of dictionaries.
#include <zdict.h>
#include <zstd.h>
#include <zstd_errors.h>
