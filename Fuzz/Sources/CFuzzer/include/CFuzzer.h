// libFuzzer's loop, called from a main of our own: SwiftPM renames every executable's main, so the library's is not found.
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
