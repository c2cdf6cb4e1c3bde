package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The tensors that a layer keeps between steps, by role. */
record AttentionState(Map<String, DoubleTensor> tensors) {

    static Map<String, DoubleTensor> fresh(List<CacheSlot> slots, int batch) {
        Map<String, DoubleTensor> fresh = new LinkedHashMap<>();
        slots.forEach(slot -> fresh.put(slot.role(), slot.fresh(batch)));
        return fresh;
    }

    /** @throws IllegalArgumentException if a role is missing, or there is one too many */
    static AttentionState of(List<CacheSlot> slots, Map<String, DoubleTensor> past) {
        List<String> roles = slots.stream().map(CacheSlot::role).sorted().toList();
        List<String> got = past.keySet().stream().sorted().toList();
        if (!got.equals(roles)) {
            throw new IllegalArgumentException("the past of this variant holds " + roles + ", got " + got);
        }
        return new AttentionState(past);
    }

    /** Each role's last rows, as many as its slot keeps. */
    static Map<String, DoubleTensor> present(List<CacheSlot> slots, Map<String, DoubleTensor> grown) {
        AttentionState all = new AttentionState(grown);
        Map<String, DoubleTensor> present = new LinkedHashMap<>();
        for (CacheSlot slot : slots) {
            DoubleTensor rows = all.get(slot.role());
            present.put(slot.role(), rows.lastRows(slot.length().kept(rows.dim(2))));
        }
        return present;
    }

    DoubleTensor get(String role) {
        return Objects.requireNonNull(tensors.get(role), role);
    }
}
