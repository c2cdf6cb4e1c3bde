package dev.heddle.models.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.models.checkpoint.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A plan comes from a model file, which anybody may have written. */
final class PlanJsonTest {

    private static final String PLAN = """
            {"companions":{"consolidated/params.json":"params.json"},"kept":["b"],"whole":true,
             "files":[{"path":"consolidated/a.pth","format":"torch","tensors":{"a":["float",2,3],"b":["bfloat16"]},
                       "pieces":[16,"a",4]}]}""";

    private static SourcePlan read(String json) {
        try {
            return PlanJson.read(new ObjectMapper().readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void plan_isReadAsItWasWritten() {
        SourcePlan plan = read(PLAN);

        assertThat(plan.files().get(0).pieces())
                .containsExactly(new Piece.Bytes(16), new Piece.Elements("a"), new Piece.Bytes(4));
        assertThat(plan.files().get(0).otherBytes()).isEqualTo(20);
        assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
        assertThat(PlanJson.write(plan).toString()).isEqualTo(PLAN.replaceAll("\\s", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "consolidated/a.pth | ../a.pth | names of files, each once, at most one folder deep, got ../a.pth",
                "consolidated/a.pth | /etc/a.pth | names of files, each once, at most one folder deep, got /etc/a.pth",
                "consolidated/a.pth | a/../../b | names of files, each once, at most one folder deep, got a/../../b",
                "consolidated/a.pth | .bashrc | names of files, each once, at most one folder deep, got .bashrc",
                "consolidated/a.pth | consolidated/params.json | names of files, each once, at most one folder deep, got"
                        + " consolidated/params.json",
                "\"params.json\"} | \"../params.json\"} | names of files beside the model, got \"../params.json\"",
                "[\"b\"] | [\"c\"] | kept tensors that a file has, got \"c\"",
                "[16, | [-16, | pieces of a number of bytes, or of a tensor of the file, once each, got -16",
                "[16, | [1e3, | pieces of a number of bytes, or of a tensor of the file, once each, got 1000.0",
                "[16, | [\"c\", | pieces of a number of bytes, or of a tensor of the file, once each, got \"c\"",
                "[16, | [\"a\", | pieces of a number of bytes, or of a tensor of the file, once each, got \"a\"",
                "\"torch\" | \"gguf\" | the format of a file, got gguf",
                "[\"bfloat16\"] | [\"half\"] | the element type of b, got [\"half\"]",
                "2,3] | 2,-3] | the shape of a, got [\"float\",2,-3]",
                "2,3] | 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1] | at most 16 axes of a, got 17",
                "\"params.json\"} | \"b/params.json\"} | names of files beside the model, got \"b/params.json\"",
                "'4]}]' | '4]},{\"path\":\"b.pth\",\"format\":\"torch\",\"tensors\":{\"b\":[\"float\"]}}]' | each tensor in one"
                        + " file, got b in two",
                "true | 1 | files and whole, got something else"
            })
    void planThatWouldDoHarm_isRefused(String part, String other, String problem) {
        assertThat(PLAN.replaceAll("\\s", "")).contains(part);

        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> read(PLAN.replaceAll("\\s", "").replace(part, other)))
                .withMessage("metadata heddle, checkpoint: expected " + problem + "; export the source again");
    }
}
