/**
 * What a model is written for: runtimes with what they can load and compute, one table. Starts at {@link dev.heddle.exporter.profile.Target}; knows no runtime, tests
 * beside one hold the table against it.
 */
@NullMarked
package dev.heddle.exporter.profile;

import org.jspecify.annotations.NullMarked;
