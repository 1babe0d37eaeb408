keytool -genkeypair -alias server -keyalg EC -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1 \
        -validity 3650 -keystore target/server.p12 -storepass secret
