package dev.gssbaton.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Draws times over sizes as an SVG: a panel for each group, a line for each kind, both axes logarithmic. Where there is one
 * size only, the panels are of bars.
 */
final class Plot {
    private static final int PANEL_WIDTH = 460;
    private static final int PANEL_HEIGHT = 300;
    private static final int LEFT = 74;
    private static final int RIGHT = 16;
    private static final int TOP = 34;
    private static final int BOTTOM = 44;
    private static final int TITLE = 40;
    private static final int LEGEND = 34;
    private static final List<String> COLOURS =
            List.of("#8a8a8a", "#1f4e9c", "#2e9bd6", "#c0392b", "#2e8b57", "#b8860b", "#6a3d9a");

    private final String title;
    private final String unit;
    private final List<String> kinds;
    private final StringBuilder svg = new StringBuilder();

    private Plot(String title, String unit, List<String> kinds) {
        this.title = title;
        this.unit = unit;
        this.kinds = kinds;
    }

    /**
     * Draws.
     *
     * @param title what it shows
     * @param unit of the values
     * @param panels by title: by kind: values by size
     * @return the SVG
     */
    static String lines(String title, String unit, Map<String, Map<String, Map<Long, Double>>> panels) {
        List<String> kinds = new ArrayList<>();
        panels.values().forEach(panel -> panel.keySet().stream()
                .filter(kind -> !kinds.contains(kind))
                .forEach(kinds::add));
        Plot plot = new Plot(title, unit, kinds);
        int columns = Math.min(2, panels.size());
        int rows = (panels.size() + columns - 1) / columns;
        plot.begin(Math.max(columns, 2) * PANEL_WIDTH, TITLE + rows * PANEL_HEIGHT + LEGEND);
        int index = 0;
        for (Map.Entry<String, Map<String, Map<Long, Double>>> panel : panels.entrySet()) {
            plot.panel(
                    panel.getKey(),
                    panel.getValue(),
                    index % columns * PANEL_WIDTH,
                    TITLE + index / columns * PANEL_HEIGHT);
            index++;
        }
        plot.legend(TITLE + rows * PANEL_HEIGHT + LEGEND / 2);
        return plot.end();
    }

    /**
     * Draws bars.
     *
     * @param title what they show
     * @param unit of the values
     * @param bars values by name
     * @return the SVG
     */
    static String bars(String title, String unit, Map<String, Double> bars) {
        Plot plot = new Plot(title, unit, List.of());
        int height = 28;
        int from = 400;
        int width = 2 * PANEL_WIDTH;
        plot.begin(width, TITLE + bars.size() * height + RIGHT);
        double most =
                bars.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        int y = TITLE;
        for (Map.Entry<String, Double> bar : bars.entrySet()) {
            double length = (width - from - 130) * bar.getValue() / most;
            String colour = bar.getKey().startsWith("Baton") ? COLOURS.get(1) : COLOURS.get(0);
            plot.text(from - 8, y + 17, 13, "end", bar.getKey());
            plot.svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\" fill=\"%s\"/>%n",
                    from,
                    y + 3,
                    length,
                    colour));
            plot.text(from + length + 6, y + 17, 13, "start", number(bar.getValue()) + " " + unit);
            y += height;
        }
        return plot.end();
    }

    private void begin(int width, int height) {
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0 %1$d %2$d\""
                        + " font-family=\"sans-serif\">%n<rect width=\"%1$d\" height=\"%2$d\" fill=\"white\"/>%n",
                width,
                height));
        text(width / 2.0, 25, 16, "middle", title);
    }

    private String end() {
        return svg.append("</svg>\n").toString();
    }

    private void panel(String name, Map<String, Map<Long, Double>> lines, int left, int top) {
        TreeSet<Long> sizes = new TreeSet<>();
        lines.values().forEach(line -> sizes.addAll(line.keySet()));
        double[] range = lines.values().stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .collect(
                        () -> new double[] {Double.MAX_VALUE, 0},
                        (seen, value) -> {
                            seen[0] = Math.min(seen[0], value);
                            seen[1] = Math.max(seen[1], value);
                        },
                        (a, b) -> {});
        double low = Math.floor(Math.log10(range[0]));
        double high = Math.ceil(Math.log10(range[1]));
        int width = PANEL_WIDTH - LEFT - RIGHT;
        int height = PANEL_HEIGHT - TOP - BOTTOM;
        int bottom = top + TOP + height;
        text(left + LEFT + width / 2.0, top + 22, 14, "middle", name);
        for (double power = low; power <= high; power++) {
            double y = bottom - height * (power - low) / (high - low);
            line(left + LEFT, y, left + LEFT + width, y, "#dddddd", 1);
            text(left + LEFT - 6, y + 4, 12, "end", number(Math.pow(10, power)) + " " + unit);
        }
        List<Long> columns = List.copyOf(sizes);
        double step = columns.size() < 2 ? 0 : width / (double) (columns.size() - 1) * 0.9;
        double first = left + LEFT + (columns.size() < 2 ? width / 2.0 : width * 0.05);
        for (int i = 0; i < columns.size(); i++) {
            text(first + i * step, bottom + 18, 12, "middle", octets(columns.get(i)));
        }
        text(left + LEFT + width / 2.0, bottom + 36, 12, "middle", "octets of the message");
        lines.forEach((kind, points) -> {
            String colour = colour(kind);
            StringBuilder path = new StringBuilder();
            points.forEach((size, value) -> {
                double x = first + columns.indexOf(size) * step;
                double y = bottom - height * (Math.log10(value) - low) / (high - low);
                path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.length() == 0 ? "M" : " L", x, y));
                svg.append(String.format(
                        Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\" fill=\"%s\"/>%n", x, y, colour));
            });
            svg.append(String.format(
                    Locale.ROOT, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", path, colour));
        });
    }

    private void legend(int y) {
        int x = LEFT;
        for (String kind : kinds) {
            line(x, y, x + 22, y, colour(kind), 3);
            text(x + 28, y + 4, 13, "start", kind);
            x += 44 + 8 * kind.length();
        }
    }

    private String colour(String kind) {
        return COLOURS.get(kinds.indexOf(kind) % COLOURS.size());
    }

    private void line(double x1, double y1, double x2, double y2, String colour, int width) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%d\"/>%n",
                x1,
                y1,
                x2,
                y2,
                colour,
                width));
    }

    private void text(double x, double y, int size, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                size,
                anchor,
                text));
    }

    private static String octets(long size) {
        return size >= 1 << 20 ? (size >> 20) + " Mi" : size >= 1024 ? (size >> 10) + " Ki" : Long.toString(size);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 && value != Math.rint(value) ? "%.2f" : "%,.0f", value);
    }
}
