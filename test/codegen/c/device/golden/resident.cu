/* Steps from `first` on. All blocks come to each barrier, as they see the same stops. */
extern "C" __global__ __launch_bounds__(GROUP_SIZE) void resident(unsigned char *arena, const int first, int *ab_weights, const int steps, const unsigned groups_0, const unsigned groups_1, const unsigned groups_2, const unsigned groups_3, const unsigned groups_4)
{
  unsigned goal = 0u;
  for (int step = first; step < first + steps; step += 1) {
    if (is_stopped(arena, step)) break;
    for (unsigned group = group_id(); group < groups_0; group += groups()) {
      kernel_ab_deliver_at_once(arena, step, group, groups_0, ab_weights);
      sync_team();
    }
    sync_grid(arena, &goal);
    for (unsigned group = group_id(); group < groups_1; group += groups()) {
      if (local_id() == 0u) kernel_watch_at_once(arena, step, group, groups_1);
      sync_team();
    }
    sync_grid(arena, &goal);
    for (unsigned group = group_id(); group < groups_2; group += groups()) {
      kernel_neurons_and_1_more(arena, step, group, groups_2);
      sync_team();
    }
    sync_grid(arena, &goal);
    for (unsigned group = group_id(); group < groups_3; group += groups()) {
      kernel_compact_at_once(arena, step, group, groups_3);
      sync_team();
    }
    sync_grid(arena, &goal);
    if (step >= 2 && (step - 2) % 4 == 0) {
      for (unsigned group = group_id(); group < groups_4; group += groups()) {
        if (local_id() == 0u) kernel_sample_at_once(arena, step, group, groups_4);
        sync_team();
      }
      sync_grid(arena, &goal);
    }
  }
}
