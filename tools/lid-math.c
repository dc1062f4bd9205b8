/* SPDX-License-Identifier: Apache-2.0 */
#include "lid-math.h"

double exponential(double x)
{
    double scaled = x * 0x1p-10, sum = 1.0, term = 1.0;
    for (int k = 1; k <= 6; k++) {
        term *= scaled / k;
        sum += term;
    }
    for (int k = 0; k < 10; k++)
        sum *= sum;
    return sum;
}

/* The series of 2 atanh((m - 1) / (m + 1)) for m in [1, 2). */
double natural_log(double x)
{
    double power = 0, sum = 0;
    while (x >= 2) {
        x /= 2;
        power++;
    }
    while (x < 1) {
        x *= 2;
        power--;
    }
    double t = (x - 1) / (x + 1), term = t;
    for (int k = 1; k < 40; k += 2, term *= t * t)
        sum += term / k;
    return 2 * sum + power * 0.69314718055994530942;
}
