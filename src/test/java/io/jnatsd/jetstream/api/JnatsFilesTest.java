package io.jnatsd.jetstream.api;

import io.nats.client.api.StorageType;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The same with streams in files. */
class JnatsFilesTest extends JnatsJetStreamTest {
    @TempDir
    private Path folder;

    @Override
    StorageType storage() {
        return StorageType.File;
    }

    @Override
    Path folder() {
        return folder;
    }
}
