/* The dispatcher: from a request to the typed operation and back.
 *
 * For every operation alike, in this order: who is it, may the credential do this, are path, query
 * and body well-formed, may the caller use the rows it names; then the operation; then its answer,
 * or the error in the contract's words.
 *
 * Owns    nothing between requests. Everything of a request lives in the exchange's arena.
 * Threads quick and plan on event threads, the others on the pool thread of the exchange.
 * Fails   never: a failure is an answer. Only the dispatcher logs errors of requests, once each.
 */
#pragma once

#include <stdbool.h>

struct app;
struct exchange;
struct plan;

bool dispatch_quick(struct app *app, struct exchange *x);
void dispatch_plan(struct app *app, struct exchange *x, struct plan *plan);
bool dispatch_begin(struct app *app, struct exchange *x);
void dispatch_handle(struct app *app, struct exchange *x);
void dispatch_step(struct app *app, struct exchange *x);
