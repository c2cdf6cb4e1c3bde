package dev.heddle.runtime.doctor;

/**
 * One thing that was looked at.
 *
 * @param detail what was found
 * @param fix what to do about it; empty if the status is OK
 */
public record Check(String name, Status status, String detail, String fix) {
    /** How bad it is. */
    public enum Status {
        OK,
        /** Models run, but not as well as they could, or something may surprise. */
        WARN,
        /** Models do not run. */
        FAIL
    }

    static Check ok(String name, String detail) {
        return new Check(name, Status.OK, detail, "");
    }

    static Check warn(String name, String detail, String fix) {
        return new Check(name, Status.WARN, detail, fix);
    }

    static Check fail(String name, String detail, String fix) {
        return new Check(name, Status.FAIL, detail, fix);
    }
}
