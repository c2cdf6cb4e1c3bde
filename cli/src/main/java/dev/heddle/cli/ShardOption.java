package dev.heddle.cli;

import dev.heddle.exporter.onnx.WriteOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How large data files may be, for commands that write models. */
final class ShardOption {

    @Option(
            names = "--shard-size",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Split the weights into files of at most this size, for instance 4GiB or 500MB; a larger tensor gets a"
                            + " file of its own (default: one file).")
    private @Nullable Long shardBytes;

    boolean isGiven() {
        return shardBytes != null;
    }

    WriteOptions files() {
        return shardBytes == null
                ? WriteOptions.defaults()
                : WriteOptions.defaults().withShardBytes(shardBytes);
    }
}
