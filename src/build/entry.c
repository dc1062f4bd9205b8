/* SPDX-License-Identifier: Apache-2.0 */
#include "build/entry.h"

#include <string.h>
#include <zstd.h>

#include "base/str.h"
#include "build/index.h"

#define LEVEL (-1)              /* of zstd: fast rather than small */
#define MOST_PART ((unsigned long long)1 << 30)

enum { N_SUMS = sizeof(struct load_sums) / sizeof(uint64_t) };

_Static_assert(sizeof(struct load_sums) % sizeof(uint64_t) == 0, "sums are numbers of 64 bits");

/* A number that a document adds to the sums, or to an evaluation set's behind them. */
struct addend {
    uint64_t index;
    uint64_t value;
};

/* What a body begins with. Its parts lie together, since they say the same. */
struct sizes {
    uint64_t prints;
    uint64_t sums;
    uint64_t document;
    uint64_t text;                  /* where it begins in the document */
    uint64_t rows;
};

struct item {
    struct tm_hash128 hash;
    uint64_t key;                   /* bytes that follow */
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static void add_to(void *sums, size_t index, uint64_t value)
{
    uint64_t sum;
    memcpy(&sum, (char *)sums + index * sizeof sum, sizeof sum);
    sum += value;
    memcpy((char *)sums + index * sizeof sum, &sum, sizeof sum);
}

static void put_addends(struct tm_buf *buf, const void *sums, size_t n, size_t first)
{
    for (size_t i = 0; i < n; i++) {
        struct addend addend = {.index = first + i};
        memcpy(&addend.value, (const char *)sums + i * sizeof addend.value, sizeof addend.value);
        if (addend.value != 0)
            tm_buf_add(buf, &addend, sizeof addend);
    }
}

static bool take_addends(struct load *load, struct tm_str addends)
{
    for (; addends.n >= sizeof(struct addend); addends.n -= sizeof(struct addend)) {
        struct addend addend;
        memcpy(&addend, addends.p, sizeof addend);
        addends.p += sizeof addend;
        if (addend.index >= N_SUMS + load->n_against)
            return false;
        if (addend.index < N_SUMS)
            add_to(&load->total, (size_t)addend.index, addend.value);
        else
            load->total_overlaps[addend.index - N_SUMS] += addend.value;
    }
    return addends.n == 0;
}

/* The sums of the document at hand go to the total, and begin anew. */
static void put_sums(struct load *load, struct tm_buf *buf)
{
    size_t at = buf->n;
    put_addends(buf, &load->sums, N_SUMS, 0);
    put_addends(buf, load->overlaps, load->n_against, N_SUMS);
    if (!buf->failed)
        (void)take_addends(load, (struct tm_str){buf->p + at, buf->n - at});
    load->sums = (struct load_sums){.suspects = 0};
    memset(load->overlaps, 0, load->n_against * sizeof *load->overlaps);
}

static void list_document(struct load *load, size_t index)
{
    const struct load_doc *known = &load->docs[index];
    const struct item item = {known->hash, known->key.n};
    tm_buf_add(&load->list, &item, sizeof item);
    tm_buf_str(&load->list, known->key);
    load->n_listed++;
}

enum tm_status tm_entry_add_again(struct load *load, size_t index, struct tm_err *err)
{
    const struct load_body *body = &load->docs[index].body;
    const struct sizes sizes = {body->prints.n, body->sums.n, body->document.n, body->text,
                                body->rows.n};
    list_document(load, index);
    tm_buf_add(&load->bodies, &sizes, sizeof sizes);
    tm_buf_str(&load->bodies, body->prints);
    tm_buf_str(&load->bodies, body->sums);
    tm_buf_str(&load->bodies, body->document);
    tm_buf_str(&load->bodies, body->rows);
    return load->list.failed || load->bodies.failed ? no_memory(err) : TM_OK;
}

/* Where the same bytes stand first; they are there. A few are looked for first, since memmem reads
 * a long one twice. */
static uint64_t find(struct tm_str bytes, struct tm_str wanted)
{
    enum { FEW = 32, TRIES = 16 };
    size_t few = wanted.n < FEW ? wanted.n : FEW;
    const char *end = bytes.p + bytes.n;
    const char *p = bytes.p;
    for (int i = 0; i < TRIES && (p = memmem(p, (size_t)(end - p), wanted.p, few)) != NULL; i++, p++)
        if ((size_t)(end - p) >= wanted.n && memcmp(p, wanted.p, wanted.n) == 0)
            return (uint64_t)(p - bytes.p);
    p = memmem(bytes.p, bytes.n, wanted.p, wanted.n);
    return p == NULL ? bytes.n : (uint64_t)(p - bytes.p);
}

enum tm_status tm_entry_add(struct load *load, size_t index, size_t row, size_t print,
                            struct tm_err *err)
{
    const struct tm_doc *doc = &load->batch->docs[index];
    struct tm_buf *buf = &load->bodies;
    bool rows = load->keeps_rows;
    struct sizes sizes = {.prints = rows ? (load->n_prints - print) * sizeof *load->prints : 0,
                          .rows = rows ? load->rows.n - row : 0};
    size_t start = buf->n;
    list_document(load, index);
    tm_buf_add(buf, &sizes, sizeof sizes);
    tm_buf_add(buf, load->prints + print, (size_t)sizes.prints);
    size_t at = buf->n;
    put_sums(load, buf);
    buf->n = rows ? buf->n : at;
    sizes.sums = buf->n - at;
    at = buf->n;
    tm_index_put(buf, doc, doc->cut);
    sizes.document = buf->n - at;
    if (!buf->failed && doc->text.n != 0)
        sizes.text = find((struct tm_str){buf->p + at, buf->n - at}, doc->text);
    tm_buf_add(buf, load->rows.p + row, (size_t)sizes.rows);
    if (buf->failed || load->list.failed)
        return no_memory(err);
    memcpy(buf->p + start, &sizes, sizeof sizes);
    return TM_OK;
}

/* Appends the content, compressed. */
static bool pack(struct load *load, struct tm_str content)
{
    struct tm_buf *packed = &load->packed;
    size_t room = ZSTD_compressBound(content.n);
    if (load->context == NULL)
        load->context = ZSTD_createCCtx();
    if (load->context == NULL || !tm_buf_reserve(packed, room))
        return false;
    size_t n = ZSTD_compressCCtx(load->context, packed->p + packed->n, room, content.p, content.n,
                                 LEVEL);
    packed->n += ZSTD_isError(n) ? 0 : n;
    return !ZSTD_isError(n);
}

enum tm_status tm_entry_pack(struct load *load, const struct tm_entry_basis *basis,
                             struct tm_hash128 *ret_key, struct tm_err *err)
{
    struct tm_entry_head head = {.basis = *basis, .documents = load->n_listed};
    if (!load->keeps_rows)
        head.basis.settings = (struct tm_hash128){0};
    struct tm_buf *packed = &load->packed;
    load->sums = load->total;
    memcpy(load->overlaps, load->total_overlaps, load->n_against * sizeof *load->overlaps);
    if (load->list.n == 0)
        return TM_END;
    struct tm_hash128 both[2] = {tm_hash128_of(&head.basis, sizeof head.basis),
                                 tm_hash128_of(load->list.p, load->list.n)};
    *ret_key = tm_hash128_of(both, sizeof both);
    packed->n = 0;
    tm_buf_add(packed, &head, sizeof head);
    if (packed->failed || !pack(load, tm_buf_view(&load->list)))
        return no_memory(err);
    head.list = packed->n - sizeof head;
    memcpy(packed->p, &head, sizeof head);
    return pack(load, tm_buf_view(&load->bodies)) ? TM_OK : no_memory(err);
}

/* The next n bytes; unknown when there are fewer. */
static struct tm_str take(struct tm_str *bytes, uint64_t n)
{
    struct tm_str taken = {bytes->p, (size_t)n};
    if (n > bytes->n)
        return TM_STR_UNKNOWN;
    bytes->p += n;
    bytes->n -= (size_t)n;
    return taken;
}

bool tm_entry_next(struct tm_str *list, struct tm_entry_item *ret_item)
{
    struct item item;
    struct tm_str bytes = take(list, sizeof item);
    if (bytes.p == NULL)
        return false;
    memcpy(&item, bytes.p, sizeof item);
    *ret_item = (struct tm_entry_item){item.hash, take(list, item.key)};
    return ret_item->key.p != NULL;
}

bool tm_entry_unpack(struct tm_str packed, struct tm_buf *content)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed.p, packed.n);
    content->n = 0;
    if (size > MOST_PART || !tm_buf_reserve(content, (size_t)size))
        return false;
    size_t n = ZSTD_decompress(content->p, (size_t)size, packed.p, packed.n);
    content->n = ZSTD_isError(n) ? 0 : n;
    return content->n == size;
}

bool tm_entry_open(struct load *load, struct tm_entry_head *ret_head)
{
    struct tm_str packed = tm_buf_view(&load->packed);
    struct tm_str head = take(&packed, sizeof *ret_head);
    if (head.p == NULL)
        return false;
    memcpy(ret_head, head.p, sizeof *ret_head);
    return take(&packed, ret_head->list).p != NULL && tm_entry_unpack(packed, &load->entry);
}

bool tm_entry_next_body(struct tm_str *bodies, struct load_body *ret_body)
{
    struct sizes sizes;
    struct tm_str bytes = take(bodies, sizeof sizes);
    if (bytes.p == NULL)
        return false;
    memcpy(&sizes, bytes.p, sizeof sizes);
    *ret_body = (struct load_body){.prints = take(bodies, sizes.prints), .text = sizes.text};
    ret_body->sums = take(bodies, sizes.sums);
    ret_body->document = take(bodies, sizes.document);
    ret_body->rows = take(bodies, sizes.rows);
    return ret_body->prints.p != NULL && ret_body->sums.p != NULL && ret_body->document.p != NULL &&
           ret_body->rows.p != NULL &&
           ret_body->prints.n % sizeof(struct print) == 0 &&
           (ret_body->rows.n == 0 || ret_body->rows.n >= sizeof(struct row_head));
}

/* Sketches, where there were some, are made again: they cannot be compressed, and are made faster
 * than written. */
static bool take_prints(struct load *load, size_t index)
{
    const struct load_body *body = &load->docs[index].body;
    struct tm_str prints = body->prints;
    if (!tm_load_reserve_prints(load, load->n_prints + prints.n / sizeof *load->prints))
        return false;
    for (; prints.n != 0; prints.n -= sizeof *load->prints) {
        struct print *print = &load->prints[load->n_prints++];
        memcpy(print, prints.p, sizeof *print);
        prints.p += sizeof *print;
        print->document = (uint32_t)index;
        tm_load_name(load, print, load->batch->docs[index].doc_id);
        if (print->sketch == NULL)
            continue;
        uint64_t end = body->text + print->offset + print->length;
        if (end > body->document.n || end < body->text ||
            !tm_load_sketch(load, print, body->document.p + body->text + print->offset))
            return false;
    }
    return !load->ids.failed;
}

enum tm_status tm_entry_take_rows(struct load *load, size_t index, struct tm_err *err)
{
    const struct load_doc *known = &load->docs[index];
    const struct load_body *body = &known->body;
    const uint64_t suspects = load->total.suspects;
    struct row_head head;
    memcpy(&head, body->rows.p, sizeof head);
    head.number = known->number;
    head.source = known->source;
    tm_buf_add(&load->rows, &head, sizeof head);
    tm_buf_add(&load->rows, body->rows.p + sizeof head, body->rows.n - sizeof head);
    if (!take_prints(load, index) || load->rows.failed ||
        !take_addends(load, body->sums))
        return no_memory(err);
    if (load->total.suspects != suspects)
        tm_load_suspect(load, &load->batch->docs[index]);
    return TM_OK;
}
