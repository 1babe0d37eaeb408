package io.jnatsd.jetstream.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which fields of two answers are the same. */
class AnswersTest {
    private static List<String> compare(String theirs, String ours) {
        return Answers.compare(normal(theirs), normal(ours)).stream().map(Object::toString).toList();
    }

    private static JsonElement normal(String json) {
        return Answers.normal(JsonParser.parseString(json.replace('\'', '"')), Map.of("name", "x7Yk"));
    }

    @Test
    void aFieldWithAnotherValueDiffers() {
        assertEquals(List.of("config.max_msgs: nats-server has 1, jnatsd 2"),
                compare("{'payload':{'config':{'max_msgs':1,'name':'S'}}}", "{'payload':{'config':{'name':'S','max_msgs':2}}}"));
    }

    @Test
    void aFieldThatOneDoesNotHaveDiffers() {
        assertEquals(List.of("a: nats-server has null, jnatsd absent", "b: nats-server has absent, jnatsd 0"),
                compare("{'payload':{'a':null}}", "{'payload':{'b':0}}"));
    }

    @Test
    void anElementOfAListDiffersByItsPlace() {
        assertEquals(List.of("[].headers[]: nats-server has \"X: 1\", jnatsd \"X: 2\"", "[]: nats-server has absent, jnatsd 5"),
                compare("[{'headers':['X: 1']}]", "[{'headers':['X: 2']},5]"));
    }

    @Test
    void anErrorInPlaceOfASuccessIsOneDifference() {
        assertEquals(List.of("error: nats-server has {\"code\":400}, jnatsd absent"),
                compare("{'payload':{'error':{'code':400}}}", "{'payload':{'a':1,'b':2}}"));
    }

    @Test
    void noAnswerDiffersFromAnAnswer() {
        assertEquals(List.of("the answer: nats-server has \"nothing\", jnatsd {\"payload\":\"\"}"), compare("'nothing'", "{'payload':''}"));
    }

    @Test
    void timesIdsAndKeptNamesAreTheSameButNeverIsATime() {
        assertEquals(List.of(), compare("{'created':'2026-01-01T00:00:00Z','reply':'$JS.ACK.S.C.1.2.3.17.0','name':'a x7Yk'}",
                "{'created':'2026-01-02T00:00:00Z','reply':'$JS.ACK.S.C.1.2.3.18.0','name':'a %name%'}"));
        assertEquals(List.of("last_ts: nats-server has \"0001-01-01T00:00:00Z\", jnatsd \"<time>\""),
                compare("{'last_ts':'0001-01-01T00:00:00Z'}", "{'last_ts':'2026-01-02T00:00:00Z'}"));
        assertEquals(List.of("reply: nats-server has \"$JS.ACK.S.C.1.2.3.<time>.0\", jnatsd \"$JS.ACK.S.C.1.2.3.<time>.1\""),
                compare("{'reply':'$JS.ACK.S.C.1.2.3.17.0'}", "{'reply':'$JS.ACK.S.C.1.2.3.17.1'}"));
    }
}
