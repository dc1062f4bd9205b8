/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ordered.h"

#include <pthread.h>
#include <stdlib.h>

enum { MAX_THREADS = 256 };

enum state { EMPTY, READY, BUSY, DONE };

struct slot {
    void *job;
    enum state state;
    enum tm_status status;
    struct tm_err err;
};

/* A ring of slots: [taken, made) hold jobs, next is the first one that nobody has begun. */
struct shop {
    const struct tm_ordered *line;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    pthread_cond_t done;
    struct slot *slots;
    size_t n_slots;
    size_t made;
    size_t next;
    size_t taken;
    bool closed;
};

static void *worker(void *argument)
{
    struct shop *shop = argument;
    pthread_mutex_lock(&shop->lock);
    for (;;) {
        while (shop->next == shop->made && !shop->closed)
            pthread_cond_wait(&shop->ready, &shop->lock);
        if (shop->next == shop->made)
            break;
        struct slot *slot = &shop->slots[shop->next++ % shop->n_slots];
        slot->state = BUSY;
        pthread_mutex_unlock(&shop->lock);
        enum tm_status status = shop->line->work(shop->line->user, slot->job, &slot->err);
        pthread_mutex_lock(&shop->lock);
        slot->status = status;
        slot->state = DONE;
        pthread_cond_signal(&shop->done);
    }
    pthread_mutex_unlock(&shop->lock);
    return NULL;
}

/* Takes the oldest job off when it is done, or waits for that. */
static enum tm_status take_oldest(struct shop *shop, struct tm_err *err)
{
    pthread_mutex_lock(&shop->lock);
    struct slot *slot = &shop->slots[shop->taken % shop->n_slots];
    while (slot->state != DONE)
        pthread_cond_wait(&shop->done, &shop->lock);
    pthread_mutex_unlock(&shop->lock);
    enum tm_status status = slot->status;
    if (status == TM_OK) {
        status = shop->line->take(shop->line->user, slot->job, err);
    } else {
        if (err != NULL)
            *err = slot->err;
        shop->line->drop(shop->line->user, slot->job);
    }
    slot->state = EMPTY;
    shop->taken++;
    return status;
}

static enum tm_status run_shop(struct shop *shop, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    while (status == TM_OK) {
        if (shop->made - shop->taken == shop->n_slots) {
            status = take_oldest(shop, err);
            continue;
        }
        void *job = NULL;
        status = shop->line->make(shop->line->user, &job, err);
        if (status != TM_OK)
            break;
        pthread_mutex_lock(&shop->lock);
        shop->slots[shop->made % shop->n_slots] = (struct slot){.job = job, .state = READY};
        shop->made++;
        pthread_cond_signal(&shop->ready);
        pthread_mutex_unlock(&shop->lock);
    }
    if (status == TM_END)
        status = TM_OK;
    while (status == TM_OK && shop->taken < shop->made)
        status = take_oldest(shop, err);
    return status;
}

/* After a failure: lets the workers end and frees what is left. */
static void close_shop(struct shop *shop, pthread_t *threads, unsigned n)
{
    pthread_mutex_lock(&shop->lock);
    for (size_t i = shop->next; i < shop->made; i++)
        shop->slots[i % shop->n_slots].state = DONE;
    shop->next = shop->made;
    shop->closed = true;
    pthread_cond_broadcast(&shop->ready);
    pthread_mutex_unlock(&shop->lock);
    for (unsigned i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = shop->taken; i < shop->made; i++)
        shop->line->drop(shop->line->user, shop->slots[i % shop->n_slots].job);
}

static enum tm_status run_alone(const struct tm_ordered *line, struct tm_err *err)
{
    for (;;) {
        void *job = NULL;
        enum tm_status status = line->make(line->user, &job, err);
        if (status != TM_OK)
            return status == TM_END ? TM_OK : status;
        status = line->work(line->user, job, err);
        if (status != TM_OK) {
            line->drop(line->user, job);
            return status;
        }
        status = line->take(line->user, job, err);
        if (status != TM_OK)
            return status;
    }
}

enum tm_status tm_ordered_run(const struct tm_ordered *line, unsigned threads, struct tm_err *err)
{
    if (threads <= 1)
        return run_alone(line, err);
    if (threads > MAX_THREADS)
        threads = MAX_THREADS;
    struct shop shop = {.line = line, .n_slots = 2 * (size_t)threads};
    pthread_t ids[MAX_THREADS];
    shop.slots = calloc(shop.n_slots, sizeof *shop.slots);
    if (shop.slots == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    pthread_mutex_init(&shop.lock, NULL);
    pthread_cond_init(&shop.ready, NULL);
    pthread_cond_init(&shop.done, NULL);
    unsigned started = 0;
    while (started < threads && pthread_create(&ids[started], NULL, worker, &shop) == 0)
        started++;
    enum tm_status status = started > 0 ? run_shop(&shop, err) : run_alone(line, err);
    close_shop(&shop, ids, started);
    pthread_cond_destroy(&shop.done);
    pthread_cond_destroy(&shop.ready);
    pthread_mutex_destroy(&shop.lock);
    free(shop.slots);
    return status;
}
