"""
Prints the polynomial coefficients of src/ir/library (see docs/determinism.md, section 3). Needs Python 3 and mpmath.

Each polynomial p approximates g on [a, b] so that the largest |g - p| * w is least; w turns the error of g into one relative to
the result of the function. Remez exchange on a grid of Chebyshev points; every coefficient of the solution is rounded to nearest.
"""

import struct

import mpmath as m
from mpmath import mp, mpf

mp.dps = 60
LN2, PI = m.log(2), m.pi


def rounded(x, bits):
    return mpf(float(x)) if bits == 64 else mpf(struct.unpack('f', struct.pack('f', float(x)))[0])


def remez(g, w, a, b, n, points):
    """Coefficients of the best polynomial with n terms, lowest first, and its error."""
    xs = [(a + b) / 2 - (b - a) / 2 * m.cos(PI * (k + mpf(1) / 2) / points) for k in range(points)]
    gs, ws = [g(x) for x in xs], [w(x) for x in xs]
    extrema = [int((k + 0.5) * points / (n + 1)) for k in range(n + 1)]
    for _ in range(30):
        system, right = m.matrix(n + 1, n + 1), m.matrix(n + 1, 1)
        for row, k in enumerate(extrema):
            for column in range(n):
                system[row, column] = xs[k] ** column * ws[k]
            system[row, n] = (-1) ** row
            right[row] = gs[k] * ws[k]
        solution = m.lu_solve(system, right)
        errors = [(gs[k] - m.polyval(list(solution[n - 1 - j] for j in range(n)), xs[k])) * ws[k] for k in range(points)]
        found = []
        for k, error in enumerate(errors):
            if not found or (error > 0) != (errors[found[-1]] > 0):
                found.append(k)
            elif abs(error) > abs(errors[found[-1]]):
                found[-1] = k
        while len(found) > n + 1:
            found.pop(0 if abs(errors[found[0]]) < abs(errors[found[-1]]) else -1)
        if len(found) < n + 1 or found == extrema:
            break
        extrema = found
    return [solution[j] for j in range(n)], max(abs(error) for error in errors)


def show(name, g, w, a, b, n, bits, density=26):
    a, b = mpf(a), mpf(b)
    points = density * n + (density * n) % 2
    exact, _ = remez(g, w, a, b, n, points)
    coefficients = [rounded(c, bits) for c in exact]
    grid = [a + (b - a) * k / 301 for k in range(1, 301)]
    error = max(abs((g(x) - sum(c * x**k for k, c in enumerate(coefficients))) * w(x)) for x in grid)
    print(f'{name}, float{bits}: error 2^{float(m.log(error, 2)):.1f}')
    print('  ' + ', '.join(repr(float(c)) for c in coefficients))


def exp_rest(r):
    """(e^r - 1 - r) / r^2"""
    return sum(r**k / m.factorial(k + 2) for k in range(20)) if abs(r) < mpf('1e-3') else (m.exp(r) - 1 - r) / r**2


def series(term, count):
    return lambda z: sum(term(k) * z**k for k in range(count))


def erfc_scaled(t):
    """erfc(x) e^(x^2) at t = 1 / (x + 2)"""
    x = 1 / t - 2
    return m.erfc(x) * m.exp(x * x)


log_rest = series(lambda k: mpf(2) / (2 * k + 3), 60)
power_rest = series(lambda k: mpf(2) / (2 * k + 5), 60)
sin_rest = series(lambda k: (-1) ** (k + 1) / m.factorial(2 * k + 3), 25)
cos_rest = series(lambda k: (-1) ** k / m.factorial(2 * k + 4), 25)
sinh_rest = series(lambda k: 1 / m.factorial(2 * k + 3), 25)
atan_rest = series(lambda k: (-1) ** (k + 1) / mpf(2 * k + 3), 110)
asin_rest = series(lambda k: m.binomial(2 * k + 2, k + 1) / mpf(4) ** (k + 1) / (2 * k + 3), 110)
erf_rest = lambda z: sum((-1) ** k * z**k / m.factorial(k) / (2 * k + 1) for k in range(60)) * 2 / m.sqrt(PI) - 1

half = LN2 / 2 * mpf('1.002')
s_square = ((m.sqrt(2) - 1) / (m.sqrt(2) + 1)) ** 2 * mpf('1.001')
eighth = (PI / 4) ** 2 * mpf('1.001')
atan_square = (mpf(7) / 16) ** 2 * mpf('1.001')

for bits, n in ((64, [10, 11, 7, 8, 6, 6, 7, 11, 13, 13, 13]), (32, [5, 6, 4, 3, 3, 3, 4, 5, 6, 7, 6])):
    show('exp', exp_rest, lambda r: r * r * m.exp(-r) + mpf('0.005'), -half, half, n[0], bits)
    show('expm1 (the first, 1/2, is used apart)', exp_rest, lambda r: abs(r) * m.exp(-r) + mpf('0.01'), -half, half, n[1], bits)
    show('log', log_rest, lambda z: z / 2, 0, s_square, n[2], bits)
    show('pow', power_rest, lambda z: z * z / 2, 0, s_square, n[3], bits)
    show('sin', sin_rest, lambda z: z, 0, eighth, n[4], bits)
    show('cos', cos_rest, lambda z: z * z, 0, eighth, n[5], bits)
    show('sinh', sinh_rest, lambda z: z / (1 + z * sinh_rest(z)), 0, '1.0001', n[6], bits)
    show('atan', atan_rest, lambda z: z, 0, atan_square, n[7], bits)
    show('asin', asin_rest, lambda z: z, 0, '0.250025', n[8], bits)
    show('erf', erf_rest, lambda z: 1 / (1 + erf_rest(z)), 0, '1.0001', n[9], bits)
    limit = 6 if bits == 64 else 4
    show('erfc', erfc_scaled, lambda t: m.exp(-((1 / t - 2) ** 2)), mpf(1) / (limit + 2), mpf('1.0001') / 3, n[10], bits, 20)
