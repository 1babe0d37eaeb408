package org.example;

import io.jnatsd.NatsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;

/** A program on the module path that brings its own server. It has no other libraries. */
final class Bus {
    private Bus() { }

    public static void main(String[] args) throws IOException {
        try (NatsServer server = NatsServer.builder().configText("max_payload: 64KB").monitoring().start();
                Socket client = new Socket("127.0.0.1", server.port());
                InputStream varz = URI.create(server.monitorUrl() + "/varz").toURL().openStream()) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write("CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n".getBytes());
            StringBuilder read = new StringBuilder();
            while (!read.toString().endsWith("PONG\r\n"))
                read.append((char) client.getInputStream().read());
            String page = new String(varz.readAllBytes());
            System.out.println(read.substring(read.indexOf("MSG")).replace("\r\n", " ")
                    + "max_payload=" + page.replaceAll("(?s).*\"max_payload\": *(\\d+).*", "$1")
                    + " module=" + server.getClass().getModule().getName());
        }
    }
}
