package io.jnatsd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5952, section 4. */
class IpTextTest {
    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "0:0:0:0:0:0:0:1, ::1", "0:0:0:0:0:0:0:0, ::", "fd00:0:0:0:0:0:0:2, fd00::2",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "2001:0:0:1:0:0:0:1, 2001:0:0:1::1", "1:2:3:4:5:6:0:8, 1:2:3:4:5:6:0:8",
        "FE80:0:0:0:0:0:0:0, fe80::", "2001:DB8:00AB:1:2:3:4:5, 2001:db8:ab:1:2:3:4:5"})
    void zerosAreShortened(String address, String text) throws UnknownHostException {
        assertEquals(text, IpText.of(InetAddress.getByName(address)));
    }
}
