package dev.heddle.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** A value that was given for an option, to be checked beyond its type. */
record OptionValue(CommandLine command, String option, Number value) {

    void requireAtLeast(long least) {
        require(value.doubleValue() >= least, "at least " + least);
    }

    /** @throws ParameterException if the value does not fit */
    void require(boolean fits, String expected) {
        if (!fits) {
            throw new ParameterException(
                    command, "invalid value for option '" + option + "': expected " + expected + ", got " + value);
        }
    }
}
