/* SPDX-License-Identifier: Apache-2.0 */
/* stop_words.h - words of grammar in Russian and English, in lower case and in byte order. They are
 * listed apart from the others on the page; nothing else depends on them. */
#ifndef TM_REPORT_STOP_WORDS_H
#define TM_REPORT_STOP_WORDS_H

static const char *const stop_words[] = {
    "a", "about", "above", "after", "again", "all", "also", "am", "an", "and", "any", "are",
    "aren't", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but", "by", "can", "can't", "could", "did", "didn't", "do", "does", "doesn't", "doing",
    "don't", "down", "during", "each", "few", "for", "from", "further", "had", "has", "hasn't",
    "have", "haven't", "having", "he", "her", "here", "hers", "him", "his", "how", "i", "if",
    "in", "into", "is", "isn't", "it", "it's", "its", "itself", "just", "may", "me", "more",
    "most", "my", "no", "nor", "not", "now", "of", "off", "on", "once", "only", "or", "other",
    "our", "ours", "out", "over", "own", "same", "she", "should", "so", "some", "such", "than",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through",
    "to", "too", "under", "until", "up", "us", "very", "was", "wasn't", "we", "were", "weren't",
    "what", "when", "where", "which", "while", "who", "whom", "why", "will", "with", "won't",
    "would", "you", "your", "yours", "а", "без", "более", "бы", "был", "была", "были", "было",
    "быть", "в", "вам", "вас", "весь", "во", "вот", "все", "всего", "всех", "вы", "где", "да",
    "даже", "для", "до", "его", "ее", "если", "есть", "еще", "ещё", "её", "же", "за", "здесь",
    "и", "из", "из-за", "или", "им", "их", "к", "как", "какая", "какой", "когда", "кто", "ли",
    "либо", "мне", "может", "можно", "мы", "на", "над", "надо", "наш", "не", "него", "нее",
    "нет", "неё", "ни", "них", "но", "ну", "о", "об", "однако", "он", "она", "они", "оно", "от",
    "очень", "по", "под", "при", "про", "с", "свои", "своих", "свой", "себя", "сейчас", "со",
    "так", "также", "такой", "там", "те", "тем", "то", "того", "тоже", "той", "только", "том",
    "тот", "тут", "ты", "у", "уже", "хотя", "чего", "чей", "чем", "что", "чтобы", "эта", "эти",
    "этих", "это", "этого", "этой", "этом", "этому", "этот", "я",
};

#endif
