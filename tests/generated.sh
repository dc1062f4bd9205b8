#!/bin/sh
# A generated file is what its generator makes: generated.sh GENERATOR FILE
"$1" | cmp - "$2"
