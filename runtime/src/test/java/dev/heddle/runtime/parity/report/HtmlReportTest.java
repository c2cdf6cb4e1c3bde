package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.parity.ParityReport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final String PAGE = HtmlReport.render(SampleReports.full());

    @Test
    void page_showsVerdictSidesAndSections() {
        assertThat(PAGE)
                .startsWith("<!DOCTYPE html>")
                .contains("<p class=\"verdict fail\" id=\"verdict\">DIFFERENT: 28 of 91 checks fail</p>")
                .contains("<td>models/samples/ram-mta-v2</td><td>out/mta/model.onnx</td>")
                .contains("<h2>all values <span class=\"fail\">5 of 60 fail</span></h2>")
                .contains("<polyline class=\"limit\" points=\"")
                .contains("around model.layers.1.self_attn.scores")
                .contains("layer 0, head 0, expected, [32, 32]");
    }

    @Test
    void hostileNames_areText() {
        String shown = "&lt;script&gt;document.documentElement.dataset.attacked = 'yes'&lt;/script&gt;";

        assertThat(PAGE)
                .contains("<code>" + shown + "</code>")
                .doesNotContain("<img")
                .doesNotContain("\u202e");
        assertThat(Pattern.compile("<script").matcher(PAGE).results()).hasSize(1);
        assertThat(Pattern.compile("</style>").matcher(PAGE).results()).hasSize(1);
        // In attributes, quotes are escaped as well.
        assertThat(PAGE).contains("data-sort=\"&#34;>&lt;img src=x onerror=alert(1)>\"");
    }

    @Test
    void page_needsNothingFromElsewhere() {
        var report = SampleReports.full();
        var tame = new ParityReport(
                report.expected(),
                report.actual(),
                report.inputs(),
                report.sections().subList(0, 2));

        assertThat(HtmlReport.render(tame))
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("src=")
                .doesNotContain("href=")
                .doesNotContain("url(")
                .doesNotContain("@import");
        assertThat(PAGE).contains("content=\"default-src &#39;none&#39;; style-src &#39;sha256-");
    }
}
