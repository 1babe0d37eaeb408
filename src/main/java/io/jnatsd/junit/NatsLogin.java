package io.jnatsd.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says how the connections and URLs that are parameters log in. The annotation of the parameter counts first, then that
 * of its method, of the test method, of the test class, and of the classes around that.
 *
 * <pre>{@code
 * @NatsTest(configText = "authorization { user: joe, password: secret }")
 * @NatsLogin(user = "joe", password = "secret")
 * class LoginTest { ... }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.METHOD, ElementType.CONSTRUCTOR, ElementType.TYPE})
public @interface NatsLogin {
    /**
     * Returns the name of the user.
     *
     * @return not empty
     */
    String user();

    /**
     * Returns the password.
     *
     * @return plain text, also if the server has a hash of it
     */
    String password();
}
