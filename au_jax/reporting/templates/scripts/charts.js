// Charts of curves, drawn with uPlot when they are first seen.

const CHART_HEIGHT = 300;
const DASHES = [4, 4];
const COLOURS = 8;
const drawn = new Map();

/** Values that increase: curves with upright parts have several at one place. */
function increasing(values) {
  const nudged = Float64Array.from(values);
  for (let i = 1; i < nudged.length; i++) {
    const least = nudged[i - 1] + 1e-9 * Math.max(1, Math.abs(nudged[i - 1]));
    if (nudged[i] < least) nudged[i] = least;
  }
  return nudged;
}

/** The point of a curve nearest to the pointer: curves need not share their places. */
function nearestPoint(plot, series, index, at) {
  const xs = plot.data[0], ys = plot.data[series];
  if (!series || ys[index] != null) return index;
  let left = index, right = index;
  while (left > 0 && ys[left] == null) left--;
  while (right < ys.length - 1 && ys[right] == null) right++;
  if (ys[left] == null) return right;
  if (ys[right] == null) return left;
  return at - xs[left] < xs[right] - at ? left : right;
}

function seriesOf(curve, dots) {
  const line = colour(`series-${curve.series % COLOURS}`);
  return {
    label: curve.name,
    stroke: line,
    width: 2,
    spanGaps: true,
    dash: curve.dashed || curve.series >= COLOURS ? DASHES : undefined,
    points: { show: dots, size: 5, fill: line },
    value: (_, value) => (value == null ? "–" : Number(value.toPrecision(3)).toString()),
  };
}

function axisOf(label, size) {
  const ink = colour("ink"), rule = colour("rule");
  return {
    label, size, stroke: ink, labelSize: 22, font: "12px system-ui", labelFont: "12px system-ui",
    grid: { stroke: rule, width: 0.5 }, ticks: { stroke: rule, width: 0.5 },
  };
}

function drawDiagonal(plot) {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.strokeStyle = colour("faint");
  plot.ctx.setLineDash([2, 4]);
  plot.ctx.beginPath();
  plot.ctx.moveTo(left, top + height);
  plot.ctx.lineTo(left + width, top);
  plot.ctx.stroke();
  plot.ctx.restore();
}

function drawChart(figure) {
  const chart = JSON.parse(figure.querySelector("script").textContent);
  drawn.get(figure)?.destroy();
  const tables = chart.curves.map((curve) => [increasing(curve.x), curve.y]);
  const data = tables.length > 1 ? uPlot.join(tables) : tables[0] ?? [[], []];
  const range = chart.unit ? { range: [0, 1] } : {};
  const plot = new uPlot({
    width: figure.clientWidth,
    height: CHART_HEIGHT,
    scales: { x: { time: false, ...range }, y: range },
    axes: [axisOf(chart.x, 36), axisOf(chart.y, 48)],
    series: [
      { label: chart.x, value: (_, value) => (value == null ? "–" : Number(value.toPrecision(4))) },
      ...chart.curves.map((curve) => seriesOf(curve, chart.dots)),
    ],
    cursor: { dataIdx: nearestPoint, drag: { setScale: true } },
    hooks: { drawAxes: chart.diagonal ? [drawDiagonal] : [] },
  }, data, figure);
  // What is drawn is also said: curves by name, numbers are in the tables and files.
  plot.root.querySelector("canvas").setAttribute("role", "img");
  const names = chart.curves.map((curve) => curve.name).join(", ");
  plot.root.querySelector("canvas").setAttribute(
    "aria-label", `${chart.title}: ${chart.y} against ${chart.x} of ${names}`);
  // Hiding a curve works by keyboard, too.
  for (const [place, row] of [...plot.root.querySelectorAll(".u-legend tr.u-series")].entries()) {
    if (place === 0) continue;
    const head = row.querySelector("th");
    head.tabIndex = 0;
    head.setAttribute("role", "button");
    head.setAttribute("aria-label", `show or hide ${chart.curves[place - 1].name}`);
    head.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      head.click();
    });
  }
  drawn.set(figure, plot);
}

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting || target.clientWidth === 0) continue;
    seen.unobserve(target);
    drawChart(target);
  }
}, { rootMargin: "400px" });

const allCharts = document.querySelectorAll(".chart");
allCharts.forEach((figure) => seen.observe(figure));
new ResizeObserver(() => {
  for (const [figure, plot] of drawn) {
    const width = figure.clientWidth;
    if (width && width !== plot.width) plot.setSize({ width, height: CHART_HEIGHT });
  }
}).observe(document.body);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const figure of drawn.keys()) if (figure.clientWidth) drawChart(figure);
});
