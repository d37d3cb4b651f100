import type { MountValues } from "./values.js";

/** Figures of one dataset of ZFS, as its mount tells them. `pool`: the first part of its name. */
interface Dataset {
  readonly name: string;
  readonly values: MountValues;
  readonly usedBytes: number;
}

/** Datasets are asked one after the other, and the pool is written to meanwhile: nearer than this share is the same. */
const SAME_SHARE = 0.02;

/**
 * Every pool of ZFS as one disk under its own name: its datasets share what is left. A dataset with less left than the pool has a limit
 * of its own (a quota, or other datasets' reservations) and is a disk by its name, together with datasets below it that share the
 * limit. What a pool uses is the sum of what its datasets refer to; snapshots and volumes are seen only by what they leave.
 */
export function withPools(mounts: readonly MountValues[]): readonly MountValues[] {
  const pools = new Map<string, Dataset[]>();
  for (const values of mounts) {
    if (values.type !== "zfs") continue;
    const dataset = { name: values.device, values, usedBytes: values.sizeBytes - values.availableBytes };
    const name = poolOf(dataset.name);
    pools.set(name, [...(pools.get(name) ?? []), dataset]);
  }
  if (pools.size === 0) return mounts;
  const disks = [...pools].flatMap(([name, datasets]) => disksOf(name, datasets));
  return [...mounts.filter((values) => values.type !== "zfs"), ...disks];
}

function poolOf(dataset: string): string {
  return dataset.split("/", 1)[0] ?? dataset;
}

function disksOf(pool: string, datasets: readonly Dataset[]): readonly MountValues[] {
  const left = leftIn(pool, datasets);
  const groups: { readonly name: string; readonly members: readonly Dataset[] }[] = [];
  for (const dataset of datasets.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!isLess(dataset, left)) continue;
    const at = groups.findIndex(({ name, members }) => sharesLimit(dataset, name, members));
    const group = groups[at];
    if (group === undefined) groups.push({ name: dataset.name, members: [dataset] });
    else groups[at] = { name: commonName(group.name, dataset.name), members: [...group.members, dataset] };
  }
  return [
    oneDisk(pool, datasets, left),
    ...groups.map(({ name, members }) =>
      oneDisk(name, members, Math.min(...members.map(({ values }) => values.availableBytes))),
    ),
  ];
}

/** What the pool has left: as its own dataset tells, or as most others do. */
function leftIn(pool: string, datasets: readonly Dataset[]): number {
  const own = datasets.find(({ name }) => name === pool);
  if (own) return own.values.availableBytes;
  const sorted = datasets.map(({ values }) => values.availableBytes).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function isLess({ values }: Dataset, left: number): boolean {
  return values.availableBytes < left * (1 - SAME_SHARE);
}

function sharesLimit(dataset: Dataset, group: string, members: readonly Dataset[]): boolean {
  const theirs = members[0]?.values.availableBytes ?? 0;
  const mine = dataset.values.availableBytes;
  if (Math.abs(mine - theirs) > Math.max(mine, theirs) * SAME_SHARE) return false;
  return commonName(group, dataset.name).includes("/");
}

/** The nearest dataset that both are, or are in. */
function commonName(a: string, b: string): string {
  const others = b.split("/");
  const parts = a.split("/");
  const differs = parts.findIndex((part, index) => part !== others[index]);
  return differs < 0 ? a : parts.slice(0, differs).join("/");
}

function pathOf(name: string, members: readonly Dataset[]): Pick<MountValues, "path"> {
  const top = members.find((member) => member.name === name) ?? members[0];
  return top ? { path: top.values.mount } : {};
}

function oneDisk(name: string, members: readonly Dataset[], availableBytes: number): MountValues {
  const usedBytes = members.reduce((sum, member) => sum + member.usedBytes, 0);
  return {
    mount: name,
    device: name,
    ...pathOf(name, members),
    type: "zfs",
    // A pool that is suspended or imported read-only takes all its datasets along; one read-only dataset is a setting.
    readOnly: members.every(({ values }) => values.readOnly),
    sizeBytes: usedBytes + availableBytes,
    availableBytes,
    usedRatio: usedBytes + availableBytes > 0 ? usedBytes / (usedBytes + availableBytes) : 1,
  };
}
