/* SPDX-License-Identifier: Apache-2.0 */
/* Words that stand beside numbers: what is counted, and the months of dates. */
#include "span_words.h"

#include <string.h>

#define ROOM 32

/* Between blanks. Russian ones in the forms that numbers take. */
static const char units[] =
    " am pm a.m p.m min minutes hour hours day days week weeks month months year years"
    " jan feb mar apr jun jul aug sep sept oct nov dec january february march april may june july"
    " august september october november december"
    " percent million billion thousand dollars people times points feet miles km kg"
    " сек секунд мин минут минуты час часа часов день дня дней дни недели недель"
    " месяц месяца месяцев год года году годы годов лет г гг век века веке веков вв"
    " января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    " тыс тысяч тысячи млн миллиона миллионов млрд миллиардов процента процентов"
    " руб рубля рублей долларов евро человек человека чел раз раза шт ст место мест этаж этаже"
    " балла баллов градуса градусов мм см м метр метра метров км километра километров"
    " гр кг килограммов л литров ";

bool lid_is_unit(const char *s, size_t n)
{
    char key[ROOM];
    while (n != 0 && strchr(".,;:!?)\"'", s[n - 1]) != NULL)
        n--;
    if (n == 0 || n + 3 > ROOM)
        return false;
    key[0] = ' ';
    for (size_t i = 0; i < n; i++)
        key[i + 1] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] | 0x20) : s[i];
    memcpy(key + n + 1, " ", 2);
    return strstr(units, key) != NULL;
}
