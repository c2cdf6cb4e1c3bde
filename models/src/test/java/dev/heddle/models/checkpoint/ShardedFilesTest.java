package dev.heddle.models.checkpoint;

import static dev.heddle.models.checkpoint.RawSafetensors.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedFilesTest {

    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    private Path folder;

    @Test
    void tensors_ofAllShards_areThere() throws IOException {
        writeShard("s1.safetensors", "a");
        writeShard("s2.safetensors", "b");
        Path index = writeIndex("{'metadata':{'x':[1]},'weight_map':{'a':'s1.safetensors','b':'s2.safetensors'}}");

        try (Checkpoint checkpoint = Checkpoints.open(index)) {
            assertThat(checkpoint.tensors().values())
                    .extracting(StoredTensor::name, StoredTensor::location)
                    .containsExactly(tuple("a", "s1.safetensors"), tuple("b", "s2.safetensors"));
        }
    }

    @Test
    void shard_thatIsAbsent_isRefused() throws IOException {
        writeShard("s1.safetensors", "a");
        writeIndex("{'weight_map':{'a':'s1.safetensors','b':'s2.safetensors'}}");

        assertRefused(INDEX + ": expected the file s2.safetensors beside it, found none; download it");
    }

    @Test
    void tensor_thatItsShardLacks_isRefused() throws IOException {
        writeShard("s1.safetensors", "a");
        writeIndex("{'weight_map':{'a':'s1.safetensors','b':'s1.safetensors'}}");

        assertRefused("s1.safetensors: expected tensor b as " + INDEX
                + " says, found none; the two belong to different models");
    }

    @Test
    void tensor_thatLiesInAnotherShardThanTheIndexSays_isRefused() throws IOException {
        writeShard("s1.safetensors", "a");
        writeShard("s2.safetensors", "b");
        writeIndex("{'weight_map':{'a':'s2.safetensors','b':'s1.safetensors'}}");

        assertRefused("s2.safetensors: expected tensor a as " + INDEX
                + " says, found none; the two belong to different models");
    }

    @Test
    void tensor_inTwoShards_isRefused() throws IOException {
        writeShard("s1.safetensors", "a");
        writeShard("s2.safetensors", "a");
        writeIndex("{'weight_map':{'a':'s1.safetensors','b':'s2.safetensors'}}");

        assertRefused(INDEX + ": tensor a lies in s1.safetensors and in s2.safetensors, expected it in one file");
    }

    @Test
    void tensor_thatTheIndexLacks_isRefused() throws IOException {
        writeShard("s1.safetensors", "b");
        writeIndex("{'weight_map':{'a':'s1.safetensors'}}");

        assertRefused("s1.safetensors: tensor b is not in " + INDEX + "; the two belong to different models");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "../s1.safetensors        | ../s1.safetensors",
                "/etc/passwd              | /etc/passwd",
                "..                       | ..",
                ".                        | .",
                "sub/s1.safetensors       | sub/s1.safetensors",
                "..\\\\s1.safetensors     | ..\\s1.safetensors",
                "C:s1.safetensors         | C:s1.safetensors",
                "s1\\n.safetensors        | s1?.safetensors",
                "s1\\u0000.safetensors    | s1?.safetensors",
                "~~                       | ~~",
            })
    void shardName_thatIsNoPlainFileName_isRefused(String name, String shown) throws IOException {
        writeIndex("{'weight_map':{'a':'" + name + "'}}");

        assertRefused(
                INDEX + ": tensor a is said to lie in " + shown + ", expected the name of a file in the same folder");
    }

    @Test
    void shard_thatIsALinkToAnotherFolder_isRead(@TempDir Path elsewhere) throws IOException {
        Path target = RawSafetensors.write(elsewhere.resolve("t"), "{" + floats("a", 1, 0) + "}", 4);
        Files.createSymbolicLink(folder.resolve("s1.safetensors"), target);
        writeIndex("{'weight_map':{'a':'s1.safetensors'}}");

        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.tensors().values())
                    .extracting(StoredTensor::name, StoredTensor::location)
                    .containsExactly(tuple("a", "s1.safetensors"));
        }
    }

    @Test
    void shard_thatIsALinkToNothing_isRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("s1.safetensors"), folder.resolve("gone"));
        writeIndex("{'weight_map':{'a':'s1.safetensors'}}");

        assertRefused(INDEX + ": expected the file s1.safetensors beside it, found none; download it");
    }

    @Test
    void shard_thatIsALinkIntoTheBlobsOfItsHubCache_isRead() throws IOException {
        Path blobs = Files.createDirectory(folder.resolve("blobs"));
        Path snapshot = Files.createDirectories(folder.resolve("snapshots/abc"));
        RawSafetensors.write(blobs.resolve("0123"), "{" + floats("a", 1, 0) + "}", 4);
        Files.createSymbolicLink(snapshot.resolve("s1.safetensors"), Path.of("../../blobs/0123"));
        Files.writeString(blobs.resolve("4567"), "{\"weight_map\":{\"a\":\"s1.safetensors\"}}");
        Files.createSymbolicLink(snapshot.resolve(INDEX), Path.of("../../blobs/4567"));

        try (Checkpoint checkpoint = Checkpoints.open(snapshot)) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a");
        }
    }

    @Test
    void index_overTheLimit_isRefused() throws IOException {
        Path index = writeIndex("{}");
        // The file system keeps the zeros as a hole.
        try (FileChannel channel = FileChannel.open(index, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 100_000_000);
        }

        assertRefused(INDEX + ": expected at most 100000000 bytes, the file has 100000001");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                    | : expected a weight_map with tensors, got none",
                "{'weight_map':{}}     | : expected a weight_map with tensors, got none",
                "{'weight_map':[]}     | : expected weight_map to be an object, got an array",
                "{'weight_map':{'a':1}} | : expected the shard of tensor a to be a string, got a whole number",
                "{'weight_map':{'a':'s','a':'s'}} | : weight_map has the field a twice, expected it once",
                "[]                    | : expected the document to be an object, got an array",
                "{'x':[[                | : not valid JSON at byte 7; download the file again",
            })
    void index_thatIsMalformed_isRefused(String index, String problem) throws IOException {
        writeIndex(index);

        assertRefused(INDEX + problem);
    }

    private void writeShard(String name, String tensor) throws IOException {
        RawSafetensors.write(folder.resolve(name), "{" + floats(tensor, 1, 0) + "}", 4);
    }

    /** Single quotes stand for double ones. */
    private Path writeIndex(String text) throws IOException {
        return Files.writeString(folder.resolve(INDEX), text.replace('\'', '"'));
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}
