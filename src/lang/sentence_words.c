/* SPDX-License-Identifier: Apache-2.0 */
/* Abbreviations of Russian and English, and words that begin sentences. */
#include "sentence.h"

#include "base/utf8.h"

#include <string.h>

#define ROOM 16

enum {
    A = SENTENCE_ABBREVIATION,
    L = SENTENCE_LAST,
    U = SENTENCE_UNIT,
    N = SENTENCE_BEFORE_NUMBER,
    S = SENTENCE_STARTER,
    P = SENTENCE_PRONOUN,
};

struct known {
    char word[ROOM];
    unsigned kind;
};

/* Sorted byte-wise, so that capitals stand before small letters; see find(). */
/* clang-format off */
static const struct known known[] = {
    {"A", S}, {"After", S}, {"All", S}, {"Also", S}, {"Although", S}, {"An", S}, {"And", S},
    {"Another", S}, {"Any", S}, {"Are", S}, {"As", S}, {"At", S}, {"Because", S}, {"Before", S},
    {"But", S}, {"By", S}, {"Can", S}, {"Could", S}, {"Did", S}, {"Do", S}, {"Does", S},
    {"Don't", S}, {"Dont", S}, {"Even", S}, {"Every", S}, {"For", S}, {"From", S}, {"Has", S},
    {"Have", S}, {"He", S}, {"He's", S}, {"Hello", S}, {"Her", S}, {"Here", S}, {"Hey", S},
    {"Hi", S}, {"His", S}, {"How", S}, {"However", S}, {"I", P}, {"I'd", P}, {"I'll", P},
    {"I'm", P}, {"I've", P}, {"If", S}, {"In", S}, {"Is", S}, {"It", S}, {"It's", S}, {"Its", S},
    {"Just", S}, {"Let", S}, {"Lets", S}, {"Many", S}, {"Maybe", S}, {"Most", S}, {"My", S},
    {"No", S}, {"Not", S}, {"Now", S}, {"Ok", S}, {"Okay", S}, {"On", S}, {"Once", S}, {"One", S},
    {"Only", S}, {"Or", S}, {"Our", S}, {"Please", S}, {"She", S}, {"She's", S}, {"Should", S},
    {"Since", S}, {"So", S}, {"Some", S}, {"Such", S}, {"Thank", S}, {"Thanks", S}, {"That", S},
    {"That's", S}, {"The", S}, {"Their", S}, {"Then", S}, {"There", S}, {"There's", S},
    {"These", S}, {"They", S}, {"They're", S}, {"This", S}, {"Those", S}, {"Though", S}, {"To", S},
    {"Until", S}, {"Was", S}, {"We", S}, {"We're", S}, {"Well", S}, {"What", S}, {"When", S},
    {"Where", S}, {"Which", S}, {"While", S}, {"Who", S}, {"Why", S}, {"Will", S}, {"With", S},
    {"Would", S}, {"Yes", S}, {"You", S}, {"You're", S}, {"Your", S}, {"a.d", L}, {"a.m", L},
    {"adm", A}, {"al", L}, {"ald", A}, {"approx", A}, {"apr", N}, {"art", N}, {"assn", A},
    {"attn", A}, {"atty", A}, {"aug", N}, {"ave", L}, {"b.a", L}, {"b.c", L}, {"blvd", L},
    {"brig", A}, {"bros", L}, {"ca", A}, {"capt", A}, {"cf", A}, {"ch", N}, {"cmdr", A}, {"co", L},
    {"col", A}, {"conf", A}, {"corp", L}, {"cpl", A}, {"d.c", L}, {"dec", N}, {"dept", A},
    {"det", A}, {"dist", L}, {"dr", A}, {"dra", A}, {"e.g", A}, {"e.u", L}, {"ed", L}, {"eds", A},
    {"eq", A}, {"esp", A}, {"est", L}, {"etc", L}, {"excl", A}, {"ext", A}, {"feb", N}, {"fig", A},
    {"figs", A}, {"fri", A}, {"ft", A}, {"gen", A}, {"gov", A}, {"gov'n", A}, {"hon", A},
    {"hr", L}, {"hrs", L}, {"i.e", A}, {"inc", L}, {"incl", A}, {"insp", A}, {"jan", N}, {"jr", L},
    {"jul", N}, {"jun", N}, {"lb", L}, {"lbs", L}, {"llc", L}, {"lt", A}, {"ltd", L}, {"m.a", L},
    {"m.d", L}, {"maj", A}, {"mar", N}, {"max", A}, {"messrs", A}, {"min", A}, {"mlle", A},
    {"mme", A}, {"mo", L}, {"mon", A}, {"mr", A}, {"mrs", A}, {"ms", A}, {"mt", A}, {"no", N},
    {"nos", N}, {"nov", N}, {"oct", N}, {"op", A}, {"oz", L}, {"p", N}, {"p.m", L}, {"ph", A},
    {"ph.d", L}, {"plc", L}, {"pp", A | N}, {"pres", A}, {"prof", A}, {"pvt", A}, {"rd", L},
    {"rep", A}, {"resp", A}, {"rev", A}, {"sec", L | N}, {"sen", A}, {"sep", N}, {"sept", N},
    {"sgt", A}, {"sq", L}, {"sr", L}, {"sr.a", A}, {"sra", A}, {"st", A}, {"supt", A}, {"tel", A},
    {"thu", A}, {"thur", A}, {"thurs", A}, {"tue", A}, {"tues", A}, {"u.k", L}, {"u.n", L},
    {"u.s", L}, {"u.s.a", L}, {"univ", A}, {"v", A}, {"viz", A}, {"vol", A | N}, {"vs", A},
    {"wed", A}, {"yr", L}, {"yrs", L}, {"§", N}, {"А", S}, {"Без", S}, {"В", S}, {"Вот", S},
    {"Все", S}, {"Всё", S}, {"Вчера", S}, {"Вы", P}, {"Где", S}, {"Да", S}, {"Давайте", S},
    {"Даже", S}, {"Для", S}, {"До", S}, {"Если", S}, {"Еще", S}, {"Ещё", S}, {"За", S},
    {"Завтра", S}, {"Зачем", S}, {"И", S}, {"Из", S}, {"К", S}, {"Как", S}, {"Какая", S},
    {"Какие", S}, {"Какой", S}, {"Когда", S}, {"Который", S}, {"Кстати", S}, {"Кто", S},
    {"Между", S}, {"Мне", S}, {"Мой", S}, {"Моя", S}, {"Мы", S}, {"На", S}, {"Над", S}, {"Наш", S},
    {"Наша", S}, {"Не", S}, {"Нет", S}, {"Но", S}, {"Ну", S}, {"О", S}, {"Он", S}, {"Она", S},
    {"Они", S}, {"Оно", S}, {"От", S}, {"Очень", S}, {"Перед", S}, {"По", S}, {"Под", S},
    {"Пока", S}, {"После", S}, {"Потом", S}, {"Почему", S}, {"Поэтому", S}, {"При", S},
    {"Привет", S}, {"Просто", S}, {"Пусть", S}, {"С", S}, {"Сегодня", S}, {"Спасибо", S},
    {"Так", S}, {"Такая", S}, {"Также", S}, {"Такие", S}, {"Такой", S}, {"Там", S}, {"Теперь", S},
    {"Тоже", S}, {"Только", S}, {"Тут", S}, {"У", S}, {"Уже", S}, {"Хотя", S}, {"Через", S},
    {"Что", S}, {"Чтобы", S}, {"Эта", S}, {"Эти", S}, {"Это", S}, {"Этого", S}, {"Этот", S},
    {"Я", S}, {"адр", A}, {"акад", A}, {"англ", A}, {"асп", A}, {"б", U}, {"букв", A}, {"бул", A},
    {"в", U}, {"вв", U}, {"вып", A | N}, {"г", U}, {"г-жа", A}, {"г-н", A}, {"га", U}, {"гг", U},
    {"ген", A}, {"ген-м", A}, {"гл", A | N}, {"гр", A}, {"греч", A}, {"д", L | N}, {"д-р", A},
    {"дер", A}, {"дир", A}, {"долл", U}, {"доп", A}, {"доц", A}, {"др", L}, {"зав", A}, {"зам", A},
    {"и.о", A}, {"изд", A}, {"им", A}, {"инж", A}, {"исп", A}, {"итал", A}, {"канд", A},
    {"кап", A}, {"кв", A | N}, {"кг", U}, {"кит", A}, {"км", U}, {"кол-во", A}, {"коп", U},
    {"корп", A | N}, {"л", U}, {"лат", A}, {"лейт", A}, {"м", U}, {"макс", A}, {"мин", U},
    {"мл", A}, {"млн", U}, {"млрд", U}, {"мм", U}, {"моб", A}, {"муз", A}, {"н.э", L}, {"наб", A},
    {"напр", A}, {"нач", A}, {"нем", A}, {"ном", A}, {"о", U}, {"обл", U}, {"оз", A}, {"ок", A},
    {"п", L | N}, {"пер", A}, {"пл", A}, {"подп", A}, {"полк", A}, {"пом", A}, {"пос", A},
    {"пп", A | N}, {"пр", L}, {"преп", A}, {"приб", A}, {"прил", A}, {"прим", A}, {"просп", A},
    {"проф", A}, {"проч", L}, {"р", U}, {"р-н", U}, {"разд", A | N}, {"ред", A}, {"реж", A},
    {"рис", A | N}, {"род", A}, {"руб", U}, {"рус", A}, {"с", U | N}, {"с-щ", A}, {"св", A},
    {"сек", U}, {"сл", A}, {"см", U}, {"сост", A}, {"соч", A}, {"ср", A}, {"ср-во", A},
    {"ст", A | N}, {"стр", A | N}, {"студ", A}, {"т", N}, {"т.д", L}, {"т.е", A}, {"т.к", A},
    {"т.н", A}, {"т.о", A}, {"т.п", L}, {"т.ч", L}, {"табл", A | N}, {"тел", A}, {"тов", A},
    {"трлн", U}, {"тт", U}, {"тыс", U}, {"укр", A}, {"ул", A}, {"ум", A}, {"фр", A}, {"худ", A},
    {"ч", U | N}, {"час", U}, {"чел", U}, {"чл", A}, {"шт", U}, {"экз", U}, {"эл", A}, {"яп", A},
};
/* clang-format on */

static unsigned find(const char key[ROOM])
{
    size_t from = 0, to = sizeof known / sizeof known[0];
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = memcmp(key, known[middle].word, ROOM);
        if (order == 0)
            return known[middle].kind;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return 0;
}

unsigned sentence_word(const char *word, size_t n)
{
    char key[ROOM] = {0};
    if (n == 0 || n >= ROOM)
        return 0;
    memcpy(key, word, n);
    unsigned kind = find(key);
    memset(key, 0, sizeof key);
    size_t k = 0;
    for (size_t at = 0; at < n;) {
        char letter[4];
        size_t length = tm_utf8_put(tm_lower(tm_utf8_next(word, n, &at)), letter);
        if (k + length >= ROOM)
            return kind;
        memcpy(key + k, letter, length);
        k += length;
    }
    return kind | find(key);
}
