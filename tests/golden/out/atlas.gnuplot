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
0 11.050 15000804 "no"
1 11.050 10474482 "yes"
2 11.050 10474482 "yes"
3 11.050 16777215 "-"
0 13.400 16777215 "1"
1 13.400 16777215 "1"
2 13.400 16777215 "1"
3 13.400 16777215 "-"
0 14.400 15000804 "SKIP"
1 14.400 16777215 "0"
2 14.400 16777215 "0"
3 14.400 16777215 "-"
0 15.400 16777215 "0"
1 15.400 16777215 "0"
2 15.400 16777215 "0"
3 15.400 16777215 "-"
0 17.750 16777215 "1"
1 17.750 16777215 "1"
2 17.750 16777215 "1"
3 17.750 16777215 "-"
0 20.100 15000804 "SKIP"
1 20.100 16777215 "0.01"
2 20.100 16777215 "0.01"
3 20.100 16777215 "-"
0 22.450 10474482 "faulted"
1 22.450 16110202 "writable"
2 22.450 16110202 "writable"
3 22.450 16777215 "-"
0 23.450 10474482 "faulted"
1 23.450 16110202 "writabl 88%"
2 23.450 16110202 "writabl 88%"
3 23.450 16777215 "-"
0 25.800 13983232 "wrong 98%"
1 25.800 10474482 "reused"
2 25.800 10474482 "reused"
3 25.800 16777215 "-"
0 28.150 13983232 "missed 98%"
1 28.150 13983232 "missed 98%"
2 28.150 13983232 "missed 98%"
3 28.150 16777215 "-"
0 29.150 10474482 "notified"
1 29.150 13400487 "failed"
2 29.150 13400487 "failed"
3 29.150 16777215 "-"
0 31.500 15000804 "SKIP"
1 31.500 15000804 "SKIP"
2 31.500 15000804 "SKIP"
3 31.500 16777215 "-"
0 33.850 16777215 "1000  x1.00"
1 33.850 16178078 "1300  x1.30"
2 33.850 16777215 "-"
3 33.850 16777215 "-"
0 34.850 16777215 "500  x1.00"
1 34.850 15513150 "845  x1.69"
2 34.850 16777215 "-"
3 34.850 16777215 "-"
0 35.850 16777215 "9000  x1.00"
1 35.850 16178078 "11700  x1.30"
2 35.850 16777215 "-"
3 35.850 16777215 "-"
0 36.850 16777215 "4500  x1.00"
1 36.850 15513150 "7605  x1.69"
2 36.850 16777215 "-"
3 36.850 16777215 "-"
0 39.200 16777215 "-"
1 39.200 16777215 "123456  x1.00"
2 39.200 16777215 "-"
3 39.200 16777215 "-"
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
10.050 1 "What is not in all of them"
11.050 0 "write-protect shared memory"
12.400 1 "uffd_wp, protect: flushes an op"
13.400 0 "protect"
14.400 0 "already-protected"
15.400 0 "empty"
16.750 1 "uffd_wp, unprotect: flushes an op"
17.750 0 "unprotect"
19.100 1 "fault_lock: mmap_lock an op"
20.100 0 "none"
21.450 1 "unprotect_fault"
22.450 0 "unprotected"
23.450 0 "mprotect"
24.800 1 "cow, case"
25.800 0 "T2"
27.150 1 "wp_track, uffd-wp"
28.150 0 "ksm"
29.150 0 "moved"
30.500 1 "wp_track"
31.500 0 "swap"
32.850 1 "uffd_wp"
33.850 0 "4K protect"
34.850 0 "4K empty"
35.850 0 "256K protect"
36.850 0 "256K empty"
38.200 1 "fork_cost"
39.200 0 "fork"
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,917 font 'DejaVu Sans,10' noenhanced
} else {
	set terminal svg size 960,917 dynamic background '#ffffff' font 'DejaVu Sans,12' noenhanced
}
set output 'atlas.'.type
set title 'What each kernel does, and instructions an op' offset 0,1.6 font ',13'
set label 100 'orange: a mistake; other colours: words of a row that differ; grey: not in this kernel.' at screen 0.02,0.0698 font ',9'
set label 101 'Numbers: blue is fewer, yellow is more than the first kernel (half to twice).  Paths under emulation, no times.' at screen 0.02,0.0480 font ',9'
set label 102 '11 rows of outcomes that are right and alike everywhere are left out.' at screen 0.02,0.0262 font ',9'
unset key
unset border
unset xtics
unset ytics
set xrange [-2.629:3.5]
set yrange [40.200:-1]
set style fill solid 1 border rgb '#ffffff'
set boxwidth 1
set label 1 'old' at 0,-0.45 center font ',11'
set label 2 'new' at 1,-0.45 center font ',11'
set label 3 'half' at 2,-0.45 center font ',11'
set label 4 'broken' at 3,-0.45 center font ',11'
set lmargin at screen 0
set rmargin at screen 0.9896
set tmargin at screen 0.9237
set bmargin at screen 0.0916
plot $cells using 1:2:(0.49):(0.46):3 with boxxyerror lc rgb variable, \
	$cells using 1:2:4 with labels center font ',9', \
	$labels using (-0.56):($2 == 0 ? $1 : NaN):3 with labels right font ',9', \
	$labels using (-0.56):($2 == 1 ? $1 : NaN):3 with labels right font 'DejaVu Sans Bold,9'
unset output
}
