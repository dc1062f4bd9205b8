/* SPDX-License-Identifier: Apache-2.0 */
/* lid-math.h - exp() and log() differ in the last bit between C libraries; these do not. */
#ifndef LID_MATH_H
#define LID_MATH_H

/* |x| <= 40 */
double exponential(double x);

/* x > 0 */
double natural_log(double x);

#endif
