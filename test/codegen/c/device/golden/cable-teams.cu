extern "C" __global__ __launch_bounds__(TEAM_SIZE) void kernel_cell0_solve(unsigned char *arena, const int ahead)
{
  const int step = first_step(arena) + ahead;
  const unsigned item = is_stopped(arena, step) ? no_item : item_id();
  double *const cell0_matrix = (double *)(arena + …);
  double *const cell0_voltages = (double *)(arena + …);
  const unsigned *__restrict__ const cell0_nodes = (const unsigned *)(arena + …);
  const unsigned *__restrict__ const cell0_parents = (const unsigned *)(arena + …);
  const double *__restrict__ const cell0_coupling = (const double *)(arena + …);
  const double *__restrict__ const cell0_axial = (const double *)(arena + …);
  const unsigned *__restrict__ const cell0_points = (const unsigned *)(arena + …);
  const unsigned *__restrict__ const cell0_levels = (const unsigned *)(arena + …);
  const unsigned *__restrict__ const cell0_children = (const unsigned *)(arena + …);
  const unsigned index = group_id() < 1u ? group_id() : 0u;
  const unsigned in_team = item < 1u * TEAM_SIZE ? local_id() : no_item;
  const unsigned point_end = 177u;
  for (unsigned point = in_team; point < point_end; point += TEAM_SIZE) {
    unsigned own = cell0_points[point];
    cell0_matrix[own + index] = 0.0;
    cell0_voltages[own + index] = 0.0;
  }
  share_stores();
  for (unsigned passed = 0u; passed < 46u; passed += 1u) {
    unsigned level = 45u - passed;
    const unsigned place_end = cell0_levels[level + 1u];
    for (unsigned place = cell0_levels[level] + in_team; place < place_end; place += TEAM_SIZE) {
      unsigned own_1 = cell0_nodes[place];
      unsigned node = own_1 + index;
      double left = cell0_matrix[node];
      double sum = cell0_voltages[node];
      unsigned after = cell0_children[place + 1u];
      for (unsigned taken = 0u, taken_end = after - cell0_children[place]; taken < taken_end; taken += 1u) {
        unsigned child = after - 1u - taken;
        unsigned own_2 = cell0_nodes[child];
        unsigned its = own_2 + index;
        double g = cell0_coupling[child];
        double factor = __dmul_rn(g, cell0_matrix[its]);
        left = __dsub_rn(left, __dmul_rn(factor, g));
        sum = __dadd_rn(sum, __dmul_rn(factor, cell0_voltages[its]));
      }
      double whole = __dadd_rn(left, cell0_axial[place]);
      if (place == 0u) {
        cell0_matrix[node] = left;
        cell0_voltages[node] = __ddiv_rn(sum, whole);
      } else {
        cell0_matrix[node] = __ddiv_rn(1.0, whole);
        cell0_voltages[node] = sum;
      }
    }
    share_stores();
  }
  for (unsigned level_1 = 1u; level_1 < 46u; level_1 += 1u) {
    const unsigned place_1_end = cell0_levels[level_1 + 1u];
    for (unsigned place_1 = cell0_levels[level_1] + in_team; place_1 < place_1_end; place_1 += TEAM_SIZE) {
      unsigned child_1 = cell0_nodes[place_1];
      unsigned above = cell0_nodes[cell0_parents[place_1]];
      double conductance = cell0_coupling[place_1];
      cell0_voltages[child_1 + index] = __dmul_rn(__dadd_rn(cell0_voltages[child_1 + index], __dmul_rn(conductance,
          cell0_voltages[above + index])), cell0_matrix[child_1 + index]);
    }
    share_stores();
  }
}
