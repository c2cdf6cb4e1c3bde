/** Models made out of models: functions expanded, inner values as outputs, one node alone. */
@NullMarked
package dev.heddle.exporter.rewrite;

import org.jspecify.annotations.NullMarked;
