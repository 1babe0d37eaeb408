/*
 * What the official C client must find at a server.
 *
 *   cc -o cases cases.c -lnats && ./cases nats://127.0.0.1:4222
 *
 * prints one line per case, `ok NAME` or `failed NAME: why`, then `end`; its exit code is 0 if nothing failed.
 */

#include <nats/nats.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE 10000
/* Nobody waits for so long: what comes to an end before did not run into it. */
#define FOREVER 600000
#define COUNT 1000

static const char *url;
static char why[300];

/* Each ends the case that it stands in. */
#define OK(call) do { natsStatus s_ = (call); if (s_ != NATS_OK) return failed(__LINE__, natsStatus_GetText(s_)); } while (0)
#define CHECK(condition) do { if (!(condition)) return failed(__LINE__, #condition); } while (0)

static bool failed(int line, const char *text) {
    snprintf(why, sizeof why, "line %d: %s", line, text);
    return false;
}

static bool is(natsMsg *msg, const char *text) {
    return natsMsg_GetDataLength(msg) == (int) strlen(text) && memcmp(natsMsg_GetData(msg), text, strlen(text)) == 0;
}

static bool a_message_arrives_with_its_subject_reply_and_payload(natsConnection *nc, natsConnection *other) {
    natsSubscription *sub;
    natsMsg *msg;
    OK(natsConnection_SubscribeSync(&sub, other, "news.*"));
    OK(natsConnection_Flush(other));
    OK(natsConnection_PublishRequestString(nc, "news.sports", "news.replies", "two to one"));
    OK(natsConnection_PublishString(nc, "news.sports", ""));
    OK(natsSubscription_NextMsg(&msg, sub, PATIENCE));
    CHECK(strcmp(natsMsg_GetSubject(msg), "news.sports") == 0);
    CHECK(strcmp(natsMsg_GetReply(msg), "news.replies") == 0);
    CHECK(is(msg, "two to one"));
    natsMsg_Destroy(msg);
    OK(natsSubscription_NextMsg(&msg, sub, PATIENCE));
    CHECK(natsMsg_GetReply(msg) == NULL && is(msg, ""));
    natsMsg_Destroy(msg);
    natsSubscription_Destroy(sub);
    return true;
}

/* Messages and requests are answered by their own text, and their header Call as Echo. */
static void answer(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *closure) {
    natsMsg *reply = NULL;
    const char *call = NULL;
    natsMsg_Create(&reply, natsMsg_GetReply(msg), NULL, natsMsg_GetData(msg), natsMsg_GetDataLength(msg));
    if (natsMsgHeader_Get(msg, "Call", &call) == NATS_OK)
        natsMsgHeader_Set(reply, "Echo", call);
    natsConnection_PublishMsg(nc, reply);
    natsMsg_Destroy(reply);
    natsMsg_Destroy(msg);
}

static bool requests_get_their_own_replies(natsConnection *nc, natsConnection *other) {
    natsSubscription *sub;
    natsMsg *msg;
    char text[30];
    OK(natsConnection_QueueSubscribe(&sub, other, "service", "instances", answer, NULL));
    OK(natsConnection_Flush(other));
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "question %d", i);
        OK(natsConnection_RequestString(&msg, nc, "service", text, PATIENCE));
        CHECK(is(msg, text));
        natsMsg_Destroy(msg);
    }
    natsSubscription_Destroy(sub);
    return true;
}

static bool requests_and_their_replies_carry_headers(natsConnection *nc, natsConnection *other) {
    natsSubscription *sub;
    natsMsg *request, *reply;
    const char *echo;
    OK(natsConnection_Subscribe(&sub, other, "service", answer, NULL));
    OK(natsConnection_Flush(other));
    OK(natsMsg_Create(&request, "service", NULL, "hello", 5));
    OK(natsMsgHeader_Set(request, "Call", "with: colon"));
    OK(natsConnection_RequestMsg(&reply, nc, request, PATIENCE));
    CHECK(is(reply, "hello"));
    OK(natsMsgHeader_Get(reply, "Echo", &echo));
    CHECK(strcmp(echo, "with: colon") == 0);
    natsMsg_Destroy(reply);
    natsMsg_Destroy(request);
    natsSubscription_Destroy(sub);
    return true;
}

static bool headers_may_have_several_values(natsConnection *nc, natsConnection *other) {
    natsSubscription *sub;
    natsMsg *sent, *msg;
    const char **values;
    int count;
    OK(natsConnection_SubscribeSync(&sub, other, "news"));
    OK(natsConnection_Flush(other));
    OK(natsMsg_Create(&sent, "news", NULL, NULL, 0));
    OK(natsMsgHeader_Add(sent, "Key", "one"));
    OK(natsMsgHeader_Add(sent, "Key", "two"));
    OK(natsConnection_PublishMsg(nc, sent));
    OK(natsSubscription_NextMsg(&msg, sub, PATIENCE));
    OK(natsMsgHeader_Values(msg, "Key", &values, &count));
    CHECK(count == 2 && strcmp(values[0], "one") == 0 && strcmp(values[1], "two") == 0);
    free((void *) values);
    natsMsg_Destroy(msg);
    natsMsg_Destroy(sent);
    natsSubscription_Destroy(sub);
    return true;
}

static bool a_request_that_nobody_can_answer_fails_at_once(natsConnection *nc, natsConnection *other) {
    natsMsg *msg = NULL;
    CHECK(natsConnection_RequestString(&msg, nc, "nobody", "", FOREVER) == NATS_NO_RESPONDERS);
    return true;
}

static bool a_queue_group_shares_messages_and_gets_each_once(natsConnection *nc, natsConnection *other) {
    natsSubscription *subs[4];
    char text[30];
    bool seen[COUNT] = {false};
    int total = 0;
    for (int i = 0; i < 4; i++)
        OK(natsConnection_QueueSubscribeSync(&subs[i], i < 2 ? nc : other, "jobs", "workers"));
    OK(natsConnection_Flush(nc));
    OK(natsConnection_Flush(other));
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "%d", i);
        OK(natsConnection_PublishString(nc, "jobs", text));
    }
    OK(natsConnection_Flush(nc));
    OK(natsConnection_Flush(other));
    for (int i = 0; i < 4; i++) {
        uint64_t share;
        OK(natsSubscription_QueuedMsgs(subs[i], &share));
        /* Even shares would be 250; fewer than 100 has a probability below 10^-27. */
        CHECK(share > 100);
        for (natsMsg *msg; share-- > 0; total++) {
            int job = -1;
            OK(natsSubscription_NextMsg(&msg, subs[i], PATIENCE));
            snprintf(text, sizeof text, "%.*s", natsMsg_GetDataLength(msg), natsMsg_GetData(msg));
            sscanf(text, "%d", &job);
            CHECK(job >= 0 && job < COUNT && !seen[job]);
            seen[job] = true;
            natsMsg_Destroy(msg);
        }
        natsSubscription_Destroy(subs[i]);
    }
    CHECK(total == COUNT);
    return true;
}

static void count(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *counter) {
    ++*(int *) counter;
    natsMsg_Destroy(msg);
}

static bool draining_a_subscription_handles_all_that_came_before(natsConnection *nc, natsConnection *other) {
    natsSubscription *sub;
    int handled = 0;
    OK(natsConnection_Subscribe(&sub, other, "news", count, &handled));
    OK(natsConnection_Flush(other));
    for (int i = 0; i < COUNT; i++)
        OK(natsConnection_PublishString(nc, "news", "x"));
    OK(natsConnection_Flush(nc));
    OK(natsSubscription_Drain(sub));
    OK(natsSubscription_WaitForDrainCompletion(sub, PATIENCE));
    OK(natsConnection_PublishString(nc, "news", "too late"));
    OK(natsConnection_Flush(nc));
    OK(natsConnection_Flush(other));
    CHECK(handled == COUNT);
    natsSubscription_Destroy(sub);
    return true;
}

static bool a_subscription_ends_after_its_maximum(natsConnection *nc, natsConnection *other) {
    natsSubscription *sub;
    int handled = 0;
    OK(natsConnection_Subscribe(&sub, other, "news", count, &handled));
    OK(natsSubscription_AutoUnsubscribe(sub, 5));
    OK(natsConnection_Flush(other));
    for (int i = 0; i < COUNT; i++)
        OK(natsConnection_PublishString(nc, "news", "x"));
    OK(natsConnection_Flush(nc));
    OK(natsConnection_Flush(other));
    OK(natsSubscription_Drain(sub) == NATS_OK ? natsSubscription_WaitForDrainCompletion(sub, PATIENCE) : NATS_OK);
    CHECK(handled == 5);
    natsSubscription_Destroy(sub);
    return true;
}

static const struct {
    const char *name;
    bool (*run)(natsConnection *, natsConnection *);
} CASES[] = {
    {"aMessageArrivesWithItsSubjectReplyAndPayload", a_message_arrives_with_its_subject_reply_and_payload},
    {"requestsGetTheirOwnReplies", requests_get_their_own_replies},
    {"requestsAndTheirRepliesCarryHeaders", requests_and_their_replies_carry_headers},
    {"headersMayHaveSeveralValues", headers_may_have_several_values},
    {"aRequestThatNobodyCanAnswerFailsAtOnce", a_request_that_nobody_can_answer_fails_at_once},
    {"aQueueGroupSharesMessagesAndGetsEachOnce", a_queue_group_shares_messages_and_gets_each_once},
    {"drainingASubscriptionHandlesAllThatCameBefore", draining_a_subscription_handles_all_that_came_before},
    {"aSubscriptionEndsAfterItsMaximum", a_subscription_ends_after_its_maximum},
};

static bool run(bool (*test)(natsConnection *, natsConnection *)) {
    natsConnection *nc = NULL, *other = NULL;
    natsStatus status = natsConnection_ConnectTo(&nc, url);
    if (status == NATS_OK)
        status = natsConnection_ConnectTo(&other, url);
    bool good = status == NATS_OK ? test(nc, other) : failed(__LINE__, natsStatus_GetText(status));
    natsConnection_Destroy(nc);
    natsConnection_Destroy(other);
    return good;
}

int main(int argc, char **argv) {
    bool all = true;
    url = argc > 1 ? argv[1] : NATS_DEFAULT_URL;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool good = run(CASES[i].run);
        printf(good ? "ok %s\n" : "failed %s: %s\n", CASES[i].name, why);
        fflush(stdout);
        all &= good;
    }
    printf("end\n");
    nats_Close();
    return all ? 0 : 1;
}
