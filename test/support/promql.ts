import { createRequire } from 'node:module';
import type { SyntaxNode } from '@lezer/common';
import type { LRParser } from '@lezer/lr';

// Its types are those of an ES module only, though it is a CommonJS one as well.
const { parser } = createRequire(__filename)('@prometheus-io/lezer-promql') as { parser: LRParser };

/** The samples of one time series: seconds and values, in order. */
export interface Series {
  labels: Record<string, string>;
  samples: readonly (readonly [at: number, value: number])[];
}

/** One value of an instant vector. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** How long a sample counts as the present value. Seconds. */
const STALE_AFTER = 300;

/** Parses an expression with Prometheus's own grammar. @throws Error where that finds a mistake */
export function parsePromql(text: string): SyntaxNode {
  const tree = parser.parse(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${text}`);
    },
  });
  const [expression] = childrenOf(tree.topNode);
  if (!expression) throw new Error(`no PromQL: ${text}`);
  return expression;
}

/** The metrics that an expression names. */
export function metricsIn(text: string): string[] {
  parsePromql(text);
  const names: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'Identifier') names.push(text.slice(from, to));
    },
  });
  return names;
}

/** Evaluates an expression at a time, as far as the rules of this project need it. @throws Error where it cannot */
export function evaluate(text: string, series: readonly Series[], at: number): Sample[] {
  const value = valueOf(parsePromql(text), { text, series, at });
  return typeof value === 'number' ? [{ labels: {}, value }] : value;
}

interface Context {
  text: string;
  series: readonly Series[];
  at: number;
}

type Value = number | Sample[];

function valueOf(node: SyntaxNode, context: Context): Value {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return Number(textOf(node, context));
    case 'ParenExpr':
      return valueOf(only(node), context);
    case 'VectorSelector':
      return select(node, context).flatMap(({ labels, samples }) => {
        const last = samples.findLast(([when]) => when <= context.at);
        return last && last[0] > context.at - STALE_AFTER
          ? [{ labels: nameless(labels), value: last[1] }]
          : [];
      });
    case 'AggregateExpr':
      return aggregate(node, context);
    case 'FunctionCall':
      return call(node, context);
    case 'BinaryExpr':
      return combine(node, context);
    default:
      throw new Error(`this evaluator knows no ${node.name}: ${textOf(node, context)}`);
  }
}

function select(node: SyntaxNode, context: Context): Series[] {
  const [identifier, matchers] = childrenOf(node);
  const name = identifier ? textOf(identifier, context) : '';
  const tests = (matchers ? childrenOf(matchers) : []).map((matcher) => {
    const [label, operator, quoted] = childrenOf(matcher).map((part) => textOf(part, context));
    const wanted = JSON.parse(quoted ?? '""') as string;
    const isAsWanted = (value: string) =>
      operator?.includes('~') ? new RegExp(`^(?:${wanted})$`).test(value) : value === wanted;
    return ({ labels }: Series) => isAsWanted(labels[label ?? ''] ?? '') !== operator?.startsWith('!');
  });
  return context.series.filter((one) => one.labels.__name__ === name && tests.every((test) => test(one)));
}

function call(node: SyntaxNode, context: Context): Value {
  const [name, body] = childrenOf(node);
  const parameters = body ? childrenOf(body) : [];
  const [first, second] = parameters;
  switch (name ? textOf(name, context) : '') {
    case 'time':
      return context.at;
    case 'rate':
      return rate(only(node.lastChild ?? node), context);
    case 'absent':
      return first && vectorOf(valueOf(first, context)).length > 0 ? [] : [{ labels: {}, value: 1 }];
    case 'histogram_quantile':
      if (!first || !second) break;
      return quantiles(Number(textOf(first, context)), vectorOf(valueOf(second, context)));
  }
  throw new Error(`this evaluator knows no such function: ${textOf(node, context)}`);
}

function rate(matrix: SyntaxNode, context: Context): Sample[] {
  const [selector, range] = childrenOf(matrix);
  const [, minutes = ''] = /^(\d+)m$/.exec(range ? textOf(range, context) : '') ?? [];
  const from = context.at - Number(minutes) * 60;
  return (selector ? select(selector, context) : []).flatMap(({ labels, samples }) => {
    const within = samples.filter(([when]) => when > from && when <= context.at);
    const [first, last] = [within[0], within.at(-1)];
    if (!first || !last || last[0] === first[0]) return [];
    return [{ labels: nameless(labels), value: (last[1] - first[1]) / (last[0] - first[0]) }];
  });
}

function aggregate(node: SyntaxNode, context: Context): Sample[] {
  const [operator, ...rest] = childrenOf(node);
  const by = rest.find(({ name }) => name === 'AggregateModifier');
  const kept = by ? childrenOf(childrenOf(by)[1] ?? by).map((label) => textOf(label, context)) : [];
  const body = rest.at(-1);
  const groups = new Map<string, Sample[]>();
  for (const sample of body ? vectorOf(valueOf(only(body), context)) : []) {
    const labels = Object.fromEntries(
      kept.flatMap((label) => (label in sample.labels ? [[label, sample.labels[label] ?? '']] : [])),
    );
    const key = JSON.stringify(labels);
    groups.set(key, [...(groups.get(key) ?? []), { ...sample, labels }]);
  }
  const reduce = {
    sum: (values: number[]) => values.reduce((sum, value) => sum + value, 0),
    max: (values: number[]) => Math.max(...values),
  }[operator ? textOf(operator, context) : ''];
  if (!reduce) throw new Error(`this evaluator knows no such aggregation: ${textOf(node, context)}`);
  return [...groups.values()].map((samples) => ({
    labels: samples[0]?.labels ?? {},
    value: reduce(samples.map(({ value }) => value)),
  }));
}

function combine(node: SyntaxNode, context: Context): Value {
  const [leftNode, operator, rightNode] = childrenOf(node);
  if (!leftNode || !operator || !rightNode) throw new Error('half an expression');
  const [left, right] = [valueOf(leftNode, context), valueOf(rightNode, context)];
  const pair = (one: number, other: number): number | undefined => {
    switch (operator.name) {
      case 'Sub':
        return one - other;
      case 'Div':
        return one / other;
      case 'Gtr':
        return one > other ? one : undefined;
      default:
        throw new Error(`this evaluator knows no ${operator.name}`);
    }
  };
  if (typeof left === 'number' && typeof right === 'number') return pair(left, right) ?? NaN;
  return vectorOf(typeof left === 'number' ? right : left).flatMap(({ labels }) => {
    const of = (side: Value) =>
      typeof side === 'number' ? side : side.find((one) => sameLabels(one.labels, labels))?.value;
    const [one, other] = [of(left), of(right)];
    const value = one === undefined || other === undefined ? undefined : pair(one, other);
    return value === undefined ? [] : [{ labels, value }];
  });
}

function quantiles(wanted: number, buckets: Sample[]): Sample[] {
  const groups = new Map<string, { labels: Record<string, string>; bounds: [number, number][] }>();
  for (const {
    labels: { le = '', ...labels },
    value,
  } of buckets) {
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? { labels, bounds: [] };
    group.bounds.push([le === '+Inf' ? Infinity : Number(le), value]);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ labels, bounds }) => {
    const sorted = bounds.toSorted(([one], [other]) => one - other);
    const rank = wanted * (sorted.at(-1)?.[1] ?? 0);
    const index = sorted.findIndex(([, count]) => count >= rank);
    const [bound, count] = sorted[index] ?? [NaN, NaN];
    const [lower, below] = sorted[index - 1] ?? [0, 0];
    if (!(rank > 0)) return [];
    const value = bound === Infinity ? lower : lower + ((bound - lower) * (rank - below)) / (count - below);
    return [{ labels, value }];
  });
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function only(node: SyntaxNode): SyntaxNode {
  const child = node.name === 'FunctionCall' ? node.lastChild : node.firstChild;
  if (!child) throw new Error(`nothing in ${node.name}`);
  return child;
}

function textOf({ from, to }: SyntaxNode, { text }: Context): string {
  return text.slice(from, to);
}

function vectorOf(value: Value): Sample[] {
  return typeof value === 'number' ? [{ labels: {}, value }] : value;
}

function nameless(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__'));
}

function sameLabels(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
