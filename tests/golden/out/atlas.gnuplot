set encoding utf8
set decimalsign '.'
# kernel, row, colour, text
$cells << EOD
0 1.350 10474482 "yes"
1 1.350 16110202 "no"
2 1.350 16110202 "no"
3 1.350 16777215 "-"
0 2.350 10474482 "yes"
1 2.350 10474482 "yes"
2 2.350 10474482 "yes"
3 2.350 16777215 "-"
0 3.350 10474482 "yes"
1 3.350 16110202 "no"
2 3.350 16110202 "no"
3 3.350 16777215 "-"
0 4.350 10474482 "5.7-5.18"
1 4.350 16110202 "6.2-"
2 4.350 16110202 "6.2-"
3 4.350 16777215 "-"
0 5.350 10474482 "yes"
1 5.350 16110202 "no"
2 5.350 16110202 "no"
3 5.350 16777215 "-"
0 7.700 10474482 "left"
1 7.700 16110202 "restored"
2 7.700 16110202 "restored"
3 7.700 16777215 "-"
0 8.700 10474482 "page_count"
1 8.700 16110202 "PageAnonExclusive"
2 8.700 16110202 "PageAnonExclusive"
3 8.700 16777215 "-"
0 11.050 16777215 "1"
1 11.050 16777215 "1"
2 11.050 16777215 "1"
3 11.050 16777215 "-"
0 12.050 15000804 "SKIP"
1 12.050 16777215 "0"
2 12.050 16777215 "0"
3 12.050 16777215 "-"
0 13.050 16777215 "0"
1 13.050 16777215 "0"
2 13.050 16777215 "0"
3 13.050 16777215 "-"
0 15.400 16777215 "1"
1 15.400 16777215 "1"
2 15.400 16777215 "1"
3 15.400 16777215 "-"
0 17.750 15000804 "SKIP"
1 17.750 16777215 "0.01"
2 17.750 16777215 "0.01"
3 17.750 16777215 "-"
0 20.100 10474482 "faulted"
1 20.100 16110202 "writable"
2 20.100 16110202 "writable"
3 20.100 16777215 "-"
0 21.100 10474482 "faulted"
1 21.100 16110202 "writabl 88%"
2 21.100 16110202 "writabl 88%"
3 21.100 16777215 "-"
0 23.450 13983232 "wrong 98%"
1 23.450 10474482 "reused"
2 23.450 10474482 "reused"
3 23.450 16777215 "-"
0 25.800 13983232 "missed 98%"
1 25.800 13983232 "missed 98%"
2 25.800 13983232 "missed 98%"
3 25.800 16777215 "-"
0 26.800 15000804 "SKIP"
1 26.800 10474482 "notified"
2 26.800 10474482 "notified"
3 26.800 16777215 "-"
0 27.800 10474482 "notified"
1 27.800 13400487 "failed"
2 27.800 13400487 "failed"
3 27.800 16777215 "-"
0 30.150 15000804 "SKIP"
1 30.150 15000804 "SKIP"
2 30.150 15000804 "SKIP"
3 30.150 16777215 "-"
0 32.500 16777215 "1000  x1.00"
1 32.500 16178078 "1300  x1.30"
2 32.500 16777215 "-"
3 32.500 16777215 "-"
0 33.500 16777215 "500  x1.00"
1 33.500 15513150 "845  x1.69"
2 33.500 16777215 "-"
3 33.500 16777215 "-"
0 34.500 16777215 "9000  x1.00"
1 34.500 16178078 "11700  x1.30"
2 34.500 16777215 "-"
3 34.500 16777215 "-"
0 35.500 16777215 "4500  x1.00"
1 35.500 15513150 "7605  x1.69"
2 35.500 16777215 "-"
3 35.500 16777215 "-"
0 37.850 16777215 "-"
1 37.850 16777215 "123456  x1.00"
2 37.850 16777215 "-"
3 37.850 16777215 "-"
EOD
# row, 1 for a heading, text
$labels << EOD
0.350 1 "How old does it behave?"
1.350 0 "re-protect flushes"
2.350 0 "unprotect flushes"
3.350 0 "write then faults"
4.350 0 "as of"
5.350 0 "after mprotect"
6.700 1 "Which rule does it follow?"
7.700 0 "unprotect_fault"
8.700 0 "cow"
10.050 1 "uffd_wp, protect: flushes an op"
11.050 0 "protect"
12.050 0 "already-protected"
13.050 0 "empty"
14.400 1 "uffd_wp, unprotect: flushes an op"
15.400 0 "unprotect"
16.750 1 "fault_lock: mmap_lock an op"
17.750 0 "none"
19.100 1 "unprotect_fault"
20.100 0 "unprotected"
21.100 0 "mprotect"
22.450 1 "cow, case"
23.450 0 "T2"
24.800 1 "wp_track, uffd-wp"
25.800 0 "ksm"
26.800 0 "shmem"
27.800 0 "moved"
29.150 1 "wp_track"
30.150 0 "swap"
31.500 1 "uffd_wp"
32.500 0 "4K protect"
33.500 0 "4K empty"
34.500 0 "256K protect"
35.500 0 "256K empty"
36.850 1 "fork_cost"
37.850 0 "fork"
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,892 font 'DejaVu Sans,10' noenhanced
} else {
	set terminal svg size 960,892 dynamic background '#ffffff' font 'DejaVu Sans,12' noenhanced
}
set output 'atlas.'.type
set title 'What each kernel does, and instructions an op' offset 0,1.6 font ',13'
set label 100 'orange: a mistake; other colours: words of a row that differ; grey: not in this kernel.' at screen 0.02,0.0717 font ',9'
set label 101 'Numbers: blue is fewer, yellow is more than the first kernel (half to twice).  Paths under emulation, no times.' at screen 0.02,0.0493 font ',9'
set label 102 '10 rows of outcomes that are right and alike everywhere are left out.' at screen 0.02,0.0269 font ',9'
unset key
unset border
unset xtics
unset ytics
set xrange [-2.629:3.5]
set yrange [38.850:-1]
set style fill solid 1 border rgb '#ffffff'
set boxwidth 1
set label 1 'old' at 0,-0.45 center font ',11'
set label 2 'new' at 1,-0.45 center font ',11'
set label 3 'half' at 2,-0.45 center font ',11'
set label 4 'broken' at 3,-0.45 center font ',11'
set lmargin at screen 0
set rmargin at screen 0.9896
set tmargin at screen 0.9215
set bmargin at screen 0.0942
plot $cells using 1:2:(0.49):(0.46):3 with boxxyerror lc rgb variable, \
	$cells using 1:2:4 with labels center font ',9', \
	$labels using (-0.56):($2 == 0 ? $1 : NaN):3 with labels right font ',9', \
	$labels using (-0.56):($2 == 1 ? $1 : NaN):3 with labels right font 'DejaVu Sans Bold,9'
unset output
}
