package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser, if there is one. */
final class HtmlPageBrowserTest {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    /** What a reader does, written down where a dump shows it. */
    private static final String READER = """
            <script>
            const part = document.querySelectorAll(".part")[1];
            const names = () => Array.from(part.querySelectorAll(".tensors > tbody > tr"))
                .filter(row => !row.hidden).map(row => row.querySelector("code").textContent).slice(0, 3).join(" ");
            const note = text => document.body.append(Object.assign(document.createElement("pre"), {textContent: text}));
            const headers = part.querySelectorAll(".tensors > thead th");
            headers[2].click();
            note("deepest " + names());
            headers[2].click();
            note("flattest " + names());
            headers[0].click();
            note("by name " + names());
            const search = part.querySelector(".filter");
            search.value = "NODE59";
            search.dispatchEvent(new Event("input", {bubbles: true}));
            note("found " + names() + ", " + part.querySelector(".shown").textContent);
            search.value = "";
            part.querySelector(".failures").click();
            note(part.querySelector(".shown").textContent);
            const map = part.querySelector(".map svg");
            const box = map.getBoundingClientRect();
            map.dispatchEvent(new PointerEvent("pointermove", {clientX: box.right - 1, clientY: box.bottom - 1}));
            note("cell " + part.querySelector(".cell").textContent.replace(/: .*/, ""));
            </script>
            """;

    private static final Optional<Path> BROWSER = Stream.of(
                    System.getenv("PATH").split(File.pathSeparator))
            .flatMap(place -> NAMES.stream().map(name -> Path.of(place, name)))
            .filter(Files::isExecutable)
            .findFirst();

    @TempDir
    private Path folder;

    /** What the browser made of a page, and what it had to say. */
    private record Visit(String dom, String log) {}

    /** Before each, since a class that is skipped as a whole counts no test as skipped. */
    @BeforeEach
    void needsBrowser() {
        assumeTrue(BROWSER.isPresent(), "no browser of " + NAMES + " on the path");
    }

    private Visit visit(String page) throws IOException, InterruptedException {
        return visit(page, 1300);
    }

    /** @param width of the window */
    private Visit visit(String page, int width) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("page.html"), page);
        Path dom = folder.resolve("dom.html");
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(
                        BROWSER.orElseThrow().toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--enable-logging=stderr",
                        "--window-size=" + width + ",900",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--dump-dom",
                        file.toUri().toString())
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("browser ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Visit(Files.readString(dom), Files.readString(log));
    }

    private static List<String> console(Visit visit) {
        return Arrays.stream(visit.log().split("\n"))
                .filter(line -> line.contains("CONSOLE"))
                .toList();
    }

    @Test
    void scripts_runUnderThePagesOwnPolicy() throws IOException, InterruptedException {
        Visit visit = visit(HtmlReport.render(SampleReports.full()));

        assertThat(visit.dom())
                .contains("data-scripts=\"ran\"")
                .contains("60 of 60 shown")
                .contains("<svg")
                .doesNotContain("data-attacked");
        assertThat(console(visit)).isEmpty();
    }

    @Test
    void otherScripts_areRefused() throws IOException, InterruptedException {
        Visit visit = visit(HtmlReport.render(SampleReports.small())
                .replace(
                        "</main>",
                        "</main><script>document.documentElement.dataset.attacked = 'yes'</script>"
                                + "<img src='http://127.0.0.1:9/x.png'>"));

        assertThat(visit.dom()).contains("data-scripts=\"ran\"").doesNotContain("data-attacked");
        assertThat(console(visit)).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void table_sortsAndFilters() throws IOException, InterruptedException {
        String page = HtmlReport.render(SampleReports.full())
                .replaceFirst("<meta http-equiv[^>]*>", "")
                .replace("</body>", READER + "</body>");

        Visit visit = visit(page);

        assertThat(visit.dom())
                .contains("<pre>deepest model.layers.2.node60 model.layers.1.node59 model.layers.1.node58</pre>")
                .contains("<pre>flattest model.layers.0.node1 model.layers.0.node2 model.layers.0.node3</pre>")
                .contains("<pre>by name model.layers.0.node1 model.layers.0.node10 model.layers.0.node11</pre>")
                .contains("<pre>found model.layers.1.node59, 1 of 60 shown</pre>")
                .contains("<pre>5 of 60 shown</pre>")
                .contains("<pre>cell [9, 19]</pre>");
        assertThat(console(visit)).isEmpty();
    }

    @Test
    void narrowWindow_scrollsTablesAndNotThePage() throws IOException, InterruptedException {
        String page = HtmlReport.render(SampleReports.full())
                .replaceFirst("<meta http-equiv[^>]*>", "")
                .replace(
                        "</body>",
                        "<script>const root = document.documentElement; root.dataset.fits ="
                                + " root.scrollWidth <= window.innerWidth && window.innerWidth < 600</script></body>");

        assertThat(visit(page, 420).dom()).contains("data-fits=\"true\"");
    }
}
