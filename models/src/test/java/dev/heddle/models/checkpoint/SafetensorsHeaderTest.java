package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsHeaderTest {

    private static final String ENTRY = "{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

    @Test
    void metadata_areNoTensor() {
        List<SafetensorsEntry> entries = parse("{'__metadata__':{'format':'pt'},'a':" + ENTRY + "}");

        assertThat(entries).extracting(SafetensorsEntry::name).containsExactly("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                      | header: expected the document to be an object, got nothing",
                "[]                    | header: expected the document to be an object, got an array",
                "3                     | header: expected the document to be an object, got a whole number",
                "3.5                   | header: expected the document to be an object, got a fraction",
                "null                  | header: expected the document to be an object, got null",
                "{} {}                 | header: expected nothing after the document, got an object",
                "{'a'                  | header: not valid JSON at byte 4; download the file again",
                "{a                    | header: not valid JSON at byte 2; download the file again",
                "{'__metadata__':{'a':1}} | header: expected __metadata__.a to be a string, got a whole number",
            })
    void text_thatIsNoHeader_isRefused(String header, String problem) {
        assertRefused(header == null ? " " : header, problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[]                    | header: expected tensor a to be an object, got an array",
                "{}                    | tensor a lacks a field, expected dtype, shape and data_offsets",
                "{'dtype':'F32','shape':[1]} | tensor a lacks a field, expected dtype, shape and data_offsets",
                "{'dtype':'F32','data_offsets':[0,4]} | tensor a lacks a field, expected dtype, shape and data_offsets",
                "{'shape':[1],'data_offsets':[0,4]} | tensor a lacks a field, expected dtype, shape and data_offsets",
                "{'shape':[1,true]}    | header: expected an element of shape to be a whole number, got true",
                "{'shape':'x'}         | header: expected shape to be an array, got a string",
                "{'shape':[1.5]}       | header: expected an element of shape to be a whole number, got a fraction",
                "{'shape':[9223372036854775808]} | header: shape has a number that does not fit 64 bits",
                "{'shape':[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]} | header: shape has more than 16 elements",
                "{'dtype':5}           | header: expected dtype to be a string, got a whole number",
                "{'dtype':'F8_E4M3'}   | tensor a has the dtype F8_E4M3, expected one of BOOL, U8, I8, F16, "
                        + "BF16, I32, F32, F64, I64; convert it first",
                "{'stride':[1]}        | tensor a has the field stride, expected dtype, shape and data_offsets only",
                "{'shape':[],'shape':[]} | header: tensor a has the field shape twice, expected it once",
            })
    void entry_thatIsMalformed_isRefused(String entry, String problem) {
        assertRefused("{'a':" + entry + "}", problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[2]     | [0,7]  | tensor a: float[2] takes 8 bytes, got data_offsets over 7",
                "[2]     | [8,0]  | tensor a: expected data_offsets [begin, end] with 0 <= begin <= end, got [8, 0]",
                "[2]     | [-8,0] | tensor a: expected data_offsets [begin, end] with 0 <= begin <= end, got [-8, 0]",
                "[2]     | [0]    | tensor a: expected data_offsets [begin, end] with 0 <= begin <= end, got [0]",
                "[-1,-2] | [0,8]  | tensor a: expected axis lengths of at least 0, got shape [-1, -2]",
                "[4294967296,4294967296] | [0,0] | tensor a: shape [4294967296, 4294967296] has more bytes than "
                        + "64 bits can count",
                "[4294967296,4294967296,0] | [0,0] | tensor a: shape [4294967296, 4294967296, 0] has more bytes "
                        + "than 64 bits can count",
            })
    void sizes_thatDoNotAgree_areRefused(String shape, String offsets, String problem) {
        assertRefused("{'a':{'dtype':'F32','shape':" + shape + ",'data_offsets':" + offsets + "}}", problem);
    }

    @Test
    void name_thatOccursTwice_isRefused() {
        assertRefused(
                "{'a':" + ENTRY + ",'a':" + ENTRY + "}",
                "header: the document has the field a twice, expected it once");
    }

    @Test
    void name_withALineBreak_staysOnOneLineOfTheMessage() {
        assertRefused("{'a\\nb':{}}", "tensor a?b lacks a field, expected dtype, shape and data_offsets");
    }

    @Test
    void moreTensorsThanAnyModelHas_areRefused() {
        String header = IntStream.rangeClosed(0, 200_000)
                .mapToObj(i -> "'" + i + "':{'dtype':'U8','shape':[],'data_offsets':[0,1]}")
                .collect(Collectors.joining(",", "{", "}"));

        assertRefused(header, "the header names more than 200000 tensors");
    }

    private static void assertRefused(String header, String problem) {
        assertThatThrownBy(() -> parse(header))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("m.safetensors: " + problem);
    }

    /** Single quotes stand for double ones. */
    private static List<SafetensorsEntry> parse(String header) {
        byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return SafetensorsHeader.parse("m.safetensors", ByteBuffer.wrap(text));
    }
}
