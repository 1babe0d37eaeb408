module org.example.bus {
    requires io.jnatsd;
}
