package dev.gssbaton.krb5.format;

import dev.gssbaton.testkit.UnsealedExporterContract;
import dev.gssbaton.testkit.UnsealedExporterFixture;

class MitContextExporterTest extends UnsealedExporterContract {
    @Override
    protected UnsealedExporterFixture fixture() {
        return ForeignToken.fixture(new MitContextExporter());
    }
}
