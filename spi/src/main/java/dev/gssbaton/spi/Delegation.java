package dev.gssbaton.spi;

/** Whether a delegated credential goes along with a context. It does only if exporter and importer both ask for it. */
public enum Delegation {
    /** The credential stays behind and is erased. */
    DROP,
    /** The credential is part of the sealed state. */
    CARRY
}
