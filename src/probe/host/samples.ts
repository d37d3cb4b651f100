import type { Labels } from "../../model/labels.js";
import type { Sample } from "../../model/sample.js";
import type { HostSeries } from "./series.js";
import type { HostValues } from "./values.js";

/** One look at a host as samples. */
export function samplesOf(values: HostValues): readonly Sample[] {
  const samples: Sample[] = [];
  const add = (series: HostSeries, value: number | undefined, labels: Labels = {}): void => {
    if (value !== undefined) samples.push({ series, labels, value });
  };
  addProcessor(values, add);
  addMemory(values, add);
  for (const mount of values.mounts) {
    const labels = { mount: mount.mount };
    add("host_disk_used_ratio", mount.usedRatio, labels);
    add("host_disk_size_bytes", mount.sizeBytes, labels);
    add("host_disk_available_bytes", mount.availableBytes, labels);
    add("host_disk_inodes_used_ratio", mount.inodesUsedRatio, labels);
    add("host_disk_read_only", mount.readOnly ? 1 : 0, labels);
  }
  for (const disk of values.disks) {
    const labels = { device: disk.device };
    add("host_disk_read_bytes_per_second", disk.readBytesPerSecond, labels);
    add("host_disk_written_bytes_per_second", disk.writtenBytesPerSecond, labels);
    add("host_disk_busy_ratio", disk.busyRatio, labels);
  }
  for (const network of values.networks) {
    const labels = { device: network.device };
    add("host_network_received_bytes_per_second", network.receivedBytesPerSecond, labels);
    add("host_network_sent_bytes_per_second", network.sentBytesPerSecond, labels);
    add("host_network_received_bytes_total", network.receivedBytesTotal, labels);
    add("host_network_sent_bytes_total", network.sentBytesTotal, labels);
    add("host_network_errors_total", network.errorsTotal, labels);
  }
  add("host_open_files", values.openFiles?.open);
  add("host_open_files_limit", values.openFiles?.limit);
  add("host_processes", values.processes);
  add("host_processes_blocked", values.blocked);
  add("host_oom_kills_total", values.oomKills);
  add("host_uptime_seconds", values.uptimeSeconds);
  return samples;
}

type Add = (series: HostSeries, value: number | undefined, labels?: Labels) => void;

function addProcessor(values: HostValues, add: Add): void {
  add("host_cpu_cores", values.cores);
  add("host_cpu_used_ratio", values.cpuUsedRatio);
  for (const [state, share] of Object.entries(values.cpuShares ?? {})) add("host_cpu_ratio", share, { state });
  add("host_load_1m", values.load?.[0]);
  add("host_load_5m", values.load?.[1]);
  add("host_load_15m", values.load?.[2]);
  add("host_cpu_pressure_ratio", values.pressure.cpu?.some);
}

function addMemory(values: HostValues, add: Add): void {
  const { memory, swap, swapRates, pressure } = values;
  if (memory) add("host_memory_used_ratio", 1 - memory.availableBytes / memory.totalBytes);
  add("host_memory_total_bytes", memory?.totalBytes);
  add("host_memory_available_bytes", memory?.availableBytes);
  add("host_swap_total_bytes", swap?.totalBytes);
  add("host_swap_used_bytes", swap?.usedBytes);
  add("host_swap_in_bytes_per_second", swapRates?.inBytesPerSecond);
  add("host_swap_out_bytes_per_second", swapRates?.outBytesPerSecond);
  add("host_memory_pressure_ratio", pressure.memory?.some);
  add("host_memory_pressure_full_ratio", pressure.memory?.full);
  add("host_io_pressure_ratio", pressure.io?.some);
  add("host_io_pressure_full_ratio", pressure.io?.full);
}
