/* SPDX-License-Identifier: Apache-2.0 */
#include "source/html_words.h"

#include <string.h>

/* Sorted by bytes: articles, prepositions, conjunctions, pronouns, particles, auxiliary verbs. */
static const char words[][TM_HTML_WORD + 1] = {
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "between", "both", "but", "by", "can", "could", "did",
    "do", "does", "during", "each", "for", "from", "had", "has", "have", "he", "her", "here",
    "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "like", "may",
    "more", "most", "no", "not", "of", "on", "once", "one", "only", "or", "other", "our", "out",
    "over", "own", "same", "she", "should", "so", "some", "such", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "through", "to", "too",
    "under", "until", "up", "very", "was", "we", "were", "what", "when", "where", "which",
    "while", "who", "whom", "why", "will", "with", "would", "you", "your", "а", "без", "бы",
    "был", "была", "были", "было", "быть", "в", "вам", "вас", "весь", "во", "вот", "все",
    "всего", "всех", "вы", "где", "да", "для", "до", "его", "ее", "если", "есть", "еще", "ещё",
    "её", "же", "за", "здесь", "и", "из", "или", "им", "их", "к", "как", "какой", "когда",
    "которая", "которое", "которые", "который", "кто", "ли", "либо", "между", "меня", "мне",
    "может", "мой", "мы", "на", "над", "надо", "нас", "наш", "не", "него", "нее", "нет", "ни",
    "них", "но", "ну", "о", "об", "однако", "он", "она", "они", "оно", "от", "очень", "по",
    "под", "после", "потом", "потому", "при", "про", "раз", "с", "сам", "свои", "свой", "себя",
    "со", "так", "также", "такой", "там", "тем", "теперь", "то", "того", "тоже", "только",
    "том", "тот", "ту", "ты", "у", "уже", "хотя", "чего", "чем", "через", "что", "чтобы", "эта",
    "эти", "это", "этого", "этой", "этом", "этот", "я",
};

bool tm_html_is_common(const char word[TM_HTML_WORD])
{
    size_t low = 0, high = sizeof words / sizeof *words;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = memcmp(words[middle], word, TM_HTML_WORD);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
