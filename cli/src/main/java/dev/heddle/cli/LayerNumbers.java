package dev.heddle.cli;

import java.util.ArrayList;
import java.util.List;

/** Ascending numbers as ranges: {@code 0-1, 3-5, 7}. */
final class LayerNumbers {

    private LayerNumbers() {}

    static String text(List<Integer> numbers) {
        List<String> ranges = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= numbers.size(); i++) {
            boolean ends = i == numbers.size() || numbers.get(i) != numbers.get(i - 1) + 1;
            if (ends) {
                int first = numbers.get(start);
                int last = numbers.get(i - 1);
                ranges.add(first == last ? Integer.toString(first) : first + "-" + last);
                start = i;
            }
        }
        return String.join(", ", ranges);
    }
}
