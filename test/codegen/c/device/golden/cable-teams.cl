__kernel __attribute__((reqd_work_group_size(TEAM_SIZE, 1, 1))) void kernel_cell0_solve(__global uchar *arena,
    const int step)
{
  const uint item = is_stopped(arena, step) ? no_item : item_id();
  __global double *const cell0_matrix = (__global double *)(arena + …);
  __global double *const cell0_voltages = (__global double *)(arena + …);
  __global const uint *const cell0_nodes = (__global const uint *)(arena + …);
  __global const uint *const cell0_parents = (__global const uint *)(arena + …);
  __global const double *const cell0_coupling = (__global const double *)(arena + …);
  __global const double *const cell0_axial = (__global const double *)(arena + …);
  __global const uint *const cell0_points = (__global const uint *)(arena + …);
  __global const uint *const cell0_levels = (__global const uint *)(arena + …);
  __global const uint *const cell0_children = (__global const uint *)(arena + …);
  const uint index = group_id() < 1u ? group_id() : 0u;
  const uint in_team = item < 1u * TEAM_SIZE ? local_id() : no_item;
  const uint point_end = 177u;
  for (uint point = in_team; point < point_end; point += TEAM_SIZE) {
    uint own = cell0_points[point];
    cell0_matrix[own + index] = 0.0;
    cell0_voltages[own + index] = 0.0;
  }
  share_stores();
  for (uint passed = 0u; passed < 46u; passed += 1u) {
    uint level = 45u - passed;
    const uint place_end = cell0_levels[level + 1u];
    for (uint place = cell0_levels[level] + in_team; place < place_end; place += TEAM_SIZE) {
      uint own_1 = cell0_nodes[place];
      uint node = own_1 + index;
      double left = cell0_matrix[node];
      double sum = cell0_voltages[node];
      uint after = cell0_children[place + 1u];
      for (uint taken = 0u, taken_end = after - cell0_children[place]; taken < taken_end; taken += 1u) {
        uint child = after - 1u - taken;
        uint own_2 = cell0_nodes[child];
        uint its = own_2 + index;
        double g = cell0_coupling[child];
        double factor = g * cell0_matrix[its];
        left = left - factor * g;
        sum = sum + factor * cell0_voltages[its];
      }
      double whole = left + cell0_axial[place];
      if (place == 0u) {
        cell0_matrix[node] = left;
        cell0_voltages[node] = sum / whole;
      } else {
        cell0_matrix[node] = 1.0 / whole;
        cell0_voltages[node] = sum;
      }
    }
    share_stores();
  }
  for (uint level_1 = 1u; level_1 < 46u; level_1 += 1u) {
    const uint place_1_end = cell0_levels[level_1 + 1u];
    for (uint place_1 = cell0_levels[level_1] + in_team; place_1 < place_1_end; place_1 += TEAM_SIZE) {
      uint child_1 = cell0_nodes[place_1];
      uint above = cell0_nodes[cell0_parents[place_1]];
      double conductance = cell0_coupling[place_1];
      cell0_voltages[child_1 + index] = (cell0_voltages[child_1 + index] + conductance * cell0_voltages[above + index])
          * cell0_matrix[child_1 + index];
    }
    share_stores();
  }
}
